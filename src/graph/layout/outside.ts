/** What stands outside the hosts: switches that many share, what hangs on them, and what belongs to one host alone. */
import { sitesOf } from '../sites.js';
import type { Shape, Topology } from '../topology.js';

export interface Site {
  readonly bar: Shape;
  readonly others: readonly Shape[];
}

export interface Outside {
  /** By host. */
  readonly sites: ReadonlyMap<string, Site>;
  /** Shared switches, the LAN before the uplink. */
  readonly bars: readonly Shape[];
  /** What hangs on them: each with what hangs on it alone, from left to right. */
  readonly units: ReadonlyArray<readonly Shape[]>;
}

const isSwitch = ({ kind }: Shape): boolean => kind === 'switch' || kind === 'uplink-switch';

export function outsideOf(topology: Topology): Outside {
  const owners = sitesOf(topology);
  const outside = topology.shapes.filter(({ group }) => group === undefined);
  const shared = outside.filter(({ id }) => !owners.has(id));
  const bars = ['switch', 'uplink-switch'].flatMap((kind) => shared.filter((shape) => shape.kind === kind));
  const sites = topology.groups.flatMap(({ id: host }) => {
    const own = outside.filter(({ id }) => owners.get(id) === host);
    const bar = own.find(isSwitch);
    const routersFirst = ['router', 'outsider'].flatMap((kind) => own.filter((shape) => shape.kind === kind));
    return bar === undefined ? [] : [[host, { bar, others: routersFirst }] as const];
  });
  return {
    sites: new Map(sites),
    bars,
    units: unitsOf(
      shared.filter((shape) => !isSwitch(shape)),
      bars,
      topology,
    ),
  };
}

/** The way out last, so that what is beyond it is at the right. */
const rank = ({ kind }: Shape): number => (kind === 'router' ? 1 : kind === 'world' ? 2 : 0);

function unitsOf(
  shapes: readonly Shape[],
  bars: readonly Shape[],
  { lines }: Topology,
): ReadonlyArray<readonly Shape[]> {
  const barIds = new Set(bars.map(({ id }) => id));
  const near = new Map<string, Set<string>>();
  for (const { from, to } of lines)
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      near.set(one, (near.get(one) ?? new Set()).add(other));
  const neighbours = (id: string): readonly string[] => [...(near.get(id) ?? [])];
  const heads = shapes.filter(({ id }) => neighbours(id).some((other) => barIds.has(other)));
  const headIds = new Set(heads.map(({ id }) => id));
  const taken = new Set(headIds);
  const withTail = heads
    .toSorted((a, b) => rank(a) - rank(b))
    .map((head) => {
      const tail = shapes.filter(({ id }) => !taken.has(id) && neighbours(id).includes(head.id));
      for (const { id } of tail) taken.add(id);
      return [head, ...tail];
    });
  return [...withTail, ...shapes.filter(({ id }) => !taken.has(id)).map((shape) => [shape])];
}
