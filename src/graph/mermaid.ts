/** The plan as a Mermaid flowchart, which GitHub and GitLab draw inside Markdown. */
import type { Plan } from '../plan/plan.js';
import { folded } from './fold.js';
import type { ShapeKind } from './kinds.js';
import { type Line, type Shape, topologyOf } from './topology.js';

/** Mermaid's brackets around a label, which give the shape. */
const brackets: Readonly<Record<ShapeKind, readonly [string, string]>> = {
  container: ['[', ']'],
  bridge: ['([', '])'],
  interface: ['(', ')'],
  switch: ['[[', ']]'],
  'uplink-switch': ['[[', ']]'],
  outsider: ['[', ']'],
  router: ['{{', '}}'],
  world: ['((', '))'],
};

/** A flowchart, containers at the top and hosts as subgraphs. Ends with a newline. */
export function renderMermaid(plan: Plan): string {
  const { title, groups, shapes, lines } = folded(topologyOf(plan));
  const ids = new Map(shapes.map(({ id }, index) => [id, `n${index}`]));
  const idOf = (id: string) => ids.get(id) ?? 'unknown';
  const hosts = groups.flatMap((group, index) => [
    `  subgraph g${index}["${escape(group.title)}"]`,
    ...shapes.filter((shape) => shape.group === group.id).map((shape) => `    ${node(shape, idOf)}`),
    '  end',
  ]);
  const outside = shapes.filter((shape) => shape.group === undefined).map((shape) => `  ${node(shape, idOf)}`);
  const text = [
    'flowchart TB',
    `  accTitle: ${escape(title)}`,
    ...hosts,
    ...outside,
    ...lines.map((line) => `  ${edge(line, idOf)}`),
  ];
  return `${text.join('\n')}\n`;
}

function node({ id, kind, title, lines }: Shape, idOf: (id: string) => string): string {
  const [open, close] = brackets[kind];
  return `${idOf(id)}${open}"${[title, ...lines].map(escape).join('<br/>')}"${close}`;
}

function edge({ from, to, kind, label }: Line, idOf: (id: string) => string): string {
  const stroke = { lan: '===', uplink: '---', inside: '---', forwarding: '-.-', tunnel: '-.-' }[kind];
  return `${idOf(from)} ${stroke}${label === undefined ? '' : `|"${escape(label)}"|`} ${idOf(to)}`;
}

/** Letters, digits and harmless punctuation stay; everything else becomes one of Mermaid's numbered entities. */
function escape(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/[^\p{L}\p{N} .,:…/_-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
