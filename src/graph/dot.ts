/** The plan as a Graphviz graph. */
import type { Plan } from '../plan/plan.js';
import type { LineKind, ShapeKind } from './kinds.js';
import { folded } from './fold.js';
import { type Group, type Line, type Shape, type Topology, topologyOf } from './topology.js';

interface Look {
  readonly fill: string;
  readonly border: string;
  readonly text: string;
}

const looks: Readonly<Record<ShapeKind, Look>> = {
  container: { fill: '#ffffff', border: '#8c959f', text: '#1f2328' },
  bridge: { fill: '#ddf4ff', border: '#218bff', text: '#0a3069' },
  interface: { fill: '#eaeef2', border: '#afb8c1', text: '#1f2328' },
  switch: { fill: '#0550ae', border: '#0a3069', text: '#ffffff' },
  'uplink-switch': { fill: '#6e7781', border: '#424a53', text: '#ffffff' },
  outsider: { fill: '#dafbe1', border: '#2da44e', text: '#044f1e' },
  router: { fill: '#fff8c5', border: '#bf8700', text: '#4d2d00' },
  world: { fill: '#fbefff', border: '#8250df', text: '#3e1f79' },
};

const strokes: Readonly<Record<LineKind, string>> = {
  lan: 'color="#0969da" penwidth=2.2',
  uplink: 'color="#8c959f" penwidth=1.4',
  inside: 'color="#57606a" penwidth=1.2',
  tunnel: 'color="#8250df" fontcolor="#3e1f79" penwidth=1.6 style=dotted constraint=false',
  forwarding: 'color="#bf8700" fontcolor="#7d4e00" penwidth=1.2 style=dashed',
};

const fonts = 'fontname="Helvetica,Arial,sans-serif"';

/** Without them dot swaps hosts and interfaces to save crossings, and the picture no longer follows the plan's order. */
const keepOrder = 'mclimit=0.0001 remincross=false';

/** A graph in the DOT language, for `dot`: hosts as clusters, containers at the top, the LAN's switch below them. Ends with a newline. */
export function renderDot(plan: Plan): string {
  return dotOf(folded(topologyOf(plan)));
}

function dotOf({ title, groups, shapes, lines }: Topology): string {
  return `${[
    `graph ${quote(title)} {`,
    `  graph [${fonts} fontsize=17 fontcolor="#1f2328" bgcolor="white" ${keepOrder} pad=0.3 nodesep=0.3 ranksep=0.45 labelloc=t label=${title === '' ? '""' : quote(`${title}\n`)}]`,
    `  node [${fonts} fontsize=13 shape=box style="filled,rounded" margin="0.14,0.09" penwidth=1.2]`,
    `  edge [${fonts} fontsize=11.5]`,
    ...inOrder(groups, shapes),
    ...groups.flatMap((group) => cluster(group, shapes)),
    ...shapes.filter((shape) => shape.group === undefined).map((shape) => `  ${node(shape)}`),
    ...sideBySide(shapes),
    ...lines.map((line) => `  ${edge(line)}`),
    '}',
  ].join('\n')}\n`;
}

/** Invisible lines between the hosts' first containers, before all others, keep hosts and containers in their order. */
function inOrder(groups: readonly Group[], shapes: readonly Shape[]): readonly string[] {
  const firsts = groups.flatMap(
    ({ id }) => shapes.find(({ group, kind }) => group === id && kind === 'container')?.id ?? [],
  );
  return firsts
    .slice(1)
    .map((id, index) => `  ${quote(firsts[index] ?? id)} -- ${quote(id)} [style=invis constraint=false]`);
}

function cluster({ id, title }: Group, shapes: readonly Shape[]): readonly string[] {
  return [
    `  subgraph ${quote(`cluster_${id}`)} {`,
    `    graph [class=host label=${quote(title)} fontsize=13.5 style="filled,rounded" color="#d0d7de" fillcolor="#f6f8fa" margin=14]`,
    ...shapes.filter(({ group }) => group === id).map((shape) => `    ${node(shape)}`),
    '  }',
  ];
}

/** An invisible line keeps the uplink to the right of the LAN. */
function sideBySide(shapes: readonly Shape[]): readonly string[] {
  const switches = ['switch', 'uplink-switch'].flatMap((kind) => shapes.find((shape) => shape.kind === kind)?.id ?? []);
  return switches.length < 2 ? [] : [`  { rank=same; edge [style=invis]; ${switches.map(quote).join(' -- ')} }`];
}

function node({ id, kind, title, lines }: Shape): string {
  const { fill, border, text } = looks[kind];
  const label = [
    `<B>${escapeMarkup(title)}</B>`,
    ...lines.map((line) => `<FONT POINT-SIZE="11">${escapeMarkup(line)}</FONT>`),
  ];
  return `${quote(id)} [class=${quote(kind)} label=<${label.join('<BR/>')}> fillcolor="${fill}" color="${border}" fontcolor="${text}"]`;
}

function edge({ from, to, kind, label, odd }: Line): string {
  const warning = odd ? ' color="#cf222e" fontcolor="#cf222e"' : '';
  // A cable between two hosts must not put one of them below the other.
  const level =
    kind === 'lan' && from.includes(':') && to.includes(':') ? ' constraint=false tailport=s headport=s' : '';
  return `${quote(from)} -- ${quote(to)} [class=${quote(odd ? `${kind} odd` : kind)} ${strokes[kind]}${warning}${level}${label === undefined ? '' : ` label=${quote(` ${label} `)}`}]`;
}

/** A quoted DOT string in which nothing is special; control characters but the newline become spaces. */
function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped.replaceAll(/\p{Cc}+/gu, ' ')}"`;
}

/** Text inside a HTML-like label. */
function escapeMarkup(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/[&<>"]/gu, (character) => entities[character] ?? character);
}
