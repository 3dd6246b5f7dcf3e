/** Many hosts that are alike are drawn as one: `h4 … h64: 61 hosts like h3`. */
import { sitesOf } from './sites.js';
import type { Group, Line, Shape, Topology } from './topology.js';

/** With more of them hosts are folded. */
export const mostHosts = 12;
/** These are drawn in any case. */
const firstHosts = 3;

interface Fold {
  readonly like: Group;
  readonly members: readonly Group[];
}

/** The same topology, in which each host after the third that is like the one drawn before it is folded; as it is up to twelve hosts. */
export function folded(topology: Topology): Topology {
  if (topology.groups.length <= mostHosts) return topology;
  const sites = sitesOf(topology);
  const folds = foldsOf(topology, sites);
  const stand = new Map(folds.flatMap((fold) => fold.members.map(({ id }) => [id, idOf(fold)] as const)));
  const hostOf = ({ id, group }: Shape): string | undefined => group ?? sites.get(id);
  const standIns = new Map(topology.shapes.map((shape) => [shape.id, stand.get(hostOf(shape) ?? '') ?? shape.id]));
  const order = topology.groups.flatMap((group): readonly Group[] => {
    const fold = folds.find(({ like }) => like.id === group.id);
    return stand.has(group.id) ? [] : fold === undefined ? [group] : [group, groupOf(fold)];
  });
  return {
    ...topology,
    groups: order,
    shapes: [...topology.shapes.filter((shape) => !stand.has(hostOf(shape) ?? '')), ...folds.map(shapeOf)],
    lines: redirected(topology.lines, standIns),
  };
}

const idOf = ({ members }: Fold): string => `${members[0]?.id ?? ''} and others`;
const countOf = ({ length }: readonly Group[]): string => `${length} ${length === 1 ? 'host' : 'hosts'}`;
const groupOf = (fold: Fold): Group => ({
  id: idOf(fold),
  title: `${rangeOf(fold)}: ${countOf(fold.members)} like ${fold.like.id}`,
});

/** `h4 … h64` */
function rangeOf({ members }: Fold): string {
  const [first, last] = [members[0]?.id ?? '', members.at(-1)?.id ?? ''];
  return members.length === 1 ? first : `${first} … ${last}`;
}

function shapeOf(fold: Fold): Shape {
  const { like, members } = fold;
  return { id: idOf(fold), kind: 'interface', title: countOf(members), lines: [`like ${like.id}`], group: idOf(fold) };
}

/** Lines between what is drawn, each once; a cable that stands out does so for all that are folded. */
function redirected(lines: readonly Line[], standIns: ReadonlyMap<string, string>): readonly Line[] {
  const moved = lines
    .map((line) => ({
      ...line,
      from: standIns.get(line.from) ?? line.from,
      to: standIns.get(line.to) ?? line.to,
    }))
    .filter(({ from, to }) => from !== to);
  return [...new Map(moved.map((line) => [JSON.stringify([line.from, line.to, line.kind, line.odd]), line])).values()];
}

function foldsOf(topology: Topology, sites: ReadonlyMap<string, string>): readonly Fold[] {
  const signatures = signaturesOf(topology, sites);
  const folds: Array<{ readonly like: Group; readonly members: Group[] }> = [];
  let shown: Group | undefined;
  for (const [index, group] of topology.groups.entries()) {
    if (index < firstHosts || shown === undefined || signatures.get(group.id) !== signatures.get(shown.id)) {
      shown = group;
      continue;
    }
    const last = folds.at(-1);
    if (last?.like.id === shown.id) last.members.push(group);
    else folds.push({ like: shown, members: [group] });
  }
  return folds;
}

/** What of a host is the same in all that are like it: everything but names and addresses. */
function signaturesOf({ shapes, lines }: Topology, sites: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const hostOf = new Map(shapes.map((shape) => [shape.id, shape.group ?? sites.get(shape.id)]));
  const parts = new Map<string, string[]>();
  const add = (host: string | undefined, part: readonly unknown[]): void => {
    if (host !== undefined) parts.set(host, [...(parts.get(host) ?? []), JSON.stringify(part)]);
  };
  for (const shape of shapes) {
    const own = shape.group !== undefined && shape.kind !== 'container' ? [shape.title] : [];
    add(hostOf.get(shape.id), [shape.kind, own, shape.lines.filter((line) => !/[.:…]/u.test(line))]);
  }
  for (const { from, to, kind, odd, label } of lines) {
    if (kind === 'tunnel') continue;
    for (const host of new Set([hostOf.get(from), hostOf.get(to)])) add(host, [kind, odd, odd ? label : '']);
  }
  return new Map(Array.from(parts, ([host, list]) => [host, list.toSorted().join('\n')]));
}
