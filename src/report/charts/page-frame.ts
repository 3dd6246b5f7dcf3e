/** A small page around charts: one file, no script, nothing from anywhere else. */
import { createHash } from 'node:crypto';
import { chartStyle } from './chart-style.js';
import { element, Svg } from './svg.js';

const pageStyle = `
:root{color-scheme:light dark;--ground:#fff;--raised:#f6f7f9;--line:#dde1e7;--text:#1b2027;--quiet:#57606c;--warn:#7a4d00}
@media(prefers-color-scheme:dark){:root{--ground:#11151a;--raised:#181d24;--line:#2a313b;--text:#e3e7ec;--quiet:#9ba6b4;--warn:#ecc067}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:62rem;background:var(--ground);color:var(--text);font:400 .9375rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.5rem;font-weight:600;margin:.25rem 0 .5rem}
h2{font-size:1.125rem;font-weight:600;margin:0 0 .25rem}
section{margin-top:2.5rem}
p{margin:.25rem 0}
.quiet{color:var(--quiet);font-size:.8125rem}
.warn{color:var(--warn)}
.scroll{overflow-x:auto;max-width:100%;margin-top:.5rem}
pre{overflow-x:auto;background:var(--raised);padding:.75rem 1rem;font-size:.8125rem}
@media(max-width:40rem){body{padding:1.25rem .875rem 3rem}}
${chartStyle}`.trim();

/** A chart with its heading and what it says; nothing where there is no chart. */
export function chartSection(title: string, note: string, chart: string | undefined): Svg {
  if (chart === undefined) return new Svg('');
  return element(
    'section',
    {},
    element('h2', {}, title),
    element('p', { class: 'quiet' }, note),
    element('div', { class: 'scroll' }, new Svg(chart)),
  );
}

/** A whole document, ending in a newline. @param body markup of this folder's own */
export function pageOf(title: string, body: readonly Svg[]): string {
  const digest = createHash('sha256').update(pageStyle).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  const main = element('main', {}, ...body).markup;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${element('title', {}, title).markup}
<style>${pageStyle}</style>
</head>
<body>
${main}
</body>
</html>
`;
}
