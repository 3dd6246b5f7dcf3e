/** How the parts of a picture look. Colours are variables, so that a page can give it its own. */

const light = `--ground:#fff;--raised:#f6f7f9;--line:#dde1e7;--strong-line:#b6bec9;--text:#1b2027;--quiet:#57606c;--good:#15692f;--good-ground:#e7f4ea;--bad:#ab1c14;--warn:#7a4d00;--warn-ground:#fbf1d6;--extra:#0b57b0;--extra-ground:#e6effb;--violet:#6b3fb5;--violet-ground:#f3edfc`;
const dark = `--ground:#11151a;--raised:#181d24;--line:#2a313b;--strong-line:#4b5666;--text:#e3e7ec;--quiet:#9ba6b4;--good:#6fd394;--good-ground:#14301f;--bad:#ff9d94;--warn:#ecc067;--warn-ground:#372b10;--extra:#82b6f5;--extra-ground:#152a45;--violet:#b79af0;--violet-ground:#291d42`;

/** Of a picture that stands alone; on paper it is light. */
export const ownColors = `svg{${light}}@media screen and (prefers-color-scheme:dark){svg{${dark}}}`;

/** Every rule begins with the class of the picture: a page has other things, too. */
export const pictureRules = [
  'text{fill:var(--text);font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;text-anchor:middle}',
  '.start{text-anchor:start}',
  '.title{font-size:16px;text-anchor:start}',
  '.host-title{font-size:13px;font-weight:600;paint-order:stroke;stroke:var(--raised);stroke-width:5px}',
  '.name{font-size:12.5px;font-weight:600}',
  '.paper{fill:var(--ground)}',
  '.host rect{fill:var(--raised);stroke:var(--line)}',
  '.shape rect{fill:var(--raised);stroke:var(--strong-line)}',
  '.container rect{fill:var(--ground)}',
  '.bridge rect{fill:var(--extra-ground);stroke:var(--extra)}',
  '.interface rect{fill:var(--ground)}',
  '.switch rect{fill:var(--extra);stroke:none}.switch text{fill:var(--ground)}',
  '.uplink-switch rect{fill:var(--quiet);stroke:none}.uplink-switch text{fill:var(--ground)}',
  '.outsider rect{fill:var(--good-ground);stroke:var(--good)}',
  '.router rect{fill:var(--warn-ground);stroke:var(--warn)}',
  '.world rect{fill:var(--violet-ground);stroke:var(--violet)}',
  '.wire{fill:none;stroke:var(--quiet);stroke-width:1.4}',
  '.wire.lan{stroke:var(--extra);stroke-width:2.2}.joint.lan{fill:var(--extra)}',
  '.joint{fill:var(--quiet)}',
  '.wire.forwarding{stroke:var(--warn);stroke-dasharray:5 3}',
  '.wire.tunnel{stroke:var(--violet);stroke-width:1.5;stroke-dasharray:2 3;stroke-opacity:.75}',
  '.wire.odd{stroke:var(--bad);stroke-width:2.2}.joint.odd{fill:var(--bad)}',
  '.gap{stroke:var(--ground);stroke-width:7}',
  '.label rect{fill:var(--raised)}.label.outer rect{fill:var(--ground)}',
  '.label.forwarding text{fill:var(--warn)}.label.odd text{fill:var(--bad);font-weight:600}',
  '.legend text{fill:var(--quiet)}',
] as const;

/** The rules for what is inside an element that the selector names. */
export function rulesBelow(selector: string): string {
  return pictureRules.join('').replaceAll(
    /([^{}]+)\{/gu,
    (_, names: string) =>
      `${names
        .split(',')
        .map((name) => `${selector} ${name.trim()}`)
        .join(',')}{`,
  );
}
