/** A laid-out picture as SVG: shapes with classes, whose colours are in a style sheet. */
import type { Plan } from '../plan/plan.js';
import type { Box, Drawing, Label, LegendEntry, PlacedBar, PlacedHost, PlacedShape, Wire } from './layout/drawing.js';
import { layOut } from './layout/layout.js';
import { lineHeight, nameHeight } from './layout/measures.js';
import { shortened } from './layout/text-size.js';
import { round } from './layout/wires.js';
import { ownColors, rulesBelow } from './svg-style.js';
import { type Topology, topologyOf } from './topology.js';

/** The plan as a picture: see {@link svgOf}. */
export const renderSvg = (plan: Plan): string => svgOf(topologyOf(plan));

/** A picture that stands alone: it brings its style, follows dark and light, and is light on paper. Ends with a newline. */
export function svgOf(topology: Topology): string {
  return element(layOut(topology), topology.title, `<style>${ownColors}${rulesBelow('svg')}</style>`);
}

/** The same without a style: the page has the rules and the colours. What it is called stands above it. */
export function embeddedSvg(topology: Topology): string {
  return element(layOut({ ...topology, title: '' }), topology.title, '');
}

function element(drawing: Drawing, name: string, style: string): string {
  const { width, height, title, hosts, shapes, bars, trunks, curves, wires, labels, legend } = drawing;
  const parts = [
    style,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...title.map(({ text, box }) => textAt(text, box.x, box.y + 15, 'title')),
    ...hosts.map(({ box }) => `<g class="host">${rect(box, 8)}</g>`),
    ...curves.map(wire),
    ...hosts.map(hostTitle),
    ...trunks.map(({ shape, box }) => `<g class="${shape.kind}">${rect(box, 3)}</g>`),
    ...bars.map(bar),
    ...wires.map(wire),
    ...shapes.map(shapeOf),
    ...labels.map((one) =>
      label(
        one,
        hosts.map(({ box }) => box),
      ),
    ),
    ...legend.map(entry),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-label="${escape(name)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${parts.filter((part) => part !== '').join('\n')}\n</svg>\n`;
}

const rect = ({ x, y, width, height }: Box, radius: number): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${radius}"/>`;

const textAt = (text: string, x: number, y: number, className = ''): string =>
  text === ''
    ? ''
    : `<text${className === '' ? '' : ` class="${className}"`} x="${round(x)}" y="${round(y)}">${escape(text)}</text>`;

const hostTitle = ({ title, box }: PlacedHost): string =>
  textAt(shortened(title), box.x + box.width / 2, box.y + 19, 'host-title');

function shapeOf({ shape, box }: PlacedShape): string {
  const middle = box.x + box.width / 2;
  const flat = box.height < nameHeight + shape.lines.length * lineHeight;
  const title = flat ? [shape.title, ...shape.lines].join(', ') : shape.title;
  const texts = [
    textAt(shortened(title), middle, box.y + (flat ? 17 : 16), 'name'),
    ...(flat
      ? []
      : shape.lines.map((line, index) =>
          textAt(shortened(line), middle, box.y + nameHeight + 12 + index * lineHeight),
        )),
  ];
  return `<g class="shape ${shape.kind}">${rect(box, 6)}${texts.join('')}</g>`;
}

function bar({ shape, box, label: { text, box: place } }: PlacedBar): string {
  return `<g class="bar ${shape.kind}">${rect(box, 5)}${textAt(text, place.x, box.y + 17, 'name start')}</g>`;
}

function wire({ kind, odd, path, joints, passes }: Wire): string {
  const look = odd ? `${kind} odd` : kind;
  const gaps = passes.map(
    ({ from, to }) => `<path class="gap" d="M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}"/>`,
  );
  const dots = joints.map(({ x, y }) => `<circle class="joint ${look}" cx="${round(x)}" cy="${round(y)}" r="3.5"/>`);
  return `${gaps.join('')}<path class="wire ${look}" d="${path}"/>${dots.join('')}`;
}

function label({ text, kind, odd, box }: Label, hosts: readonly Box[]): string {
  const inside = hosts.some(
    ({ x, y, width, height }) => box.x >= x && box.x < x + width && box.y >= y && box.y < y + height,
  );
  const look = ['label', kind, ...(odd ? ['odd'] : []), ...(inside ? [] : ['outer'])].join(' ');
  return `<g class="${look}">${rect(box, 2)}${textAt(shortened(text), box.x + box.width / 2, box.y + 11)}</g>`;
}

function entry({ kind, text, box }: LegendEntry): string {
  const y = box.y + box.height / 2;
  return `<g class="legend"><path class="wire ${kind}" d="M${round(box.x)} ${round(y)}H${round(box.x + 24)}"/>${textAt(text, box.x + 30, y + 4, 'start')}</g>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text in markup. What no XML may hold, or turns the direction of writing, is left out. */
function escape(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replaceAll(/[&<>"]/gu, (character) => entities[character] ?? character);
}
