/** Loops of bridges that no spanning tree would break: told before anything is built. Pure. */
import type { LinkEnd, NodeState } from '#lab/state.js';

/** A cable or a tunnel whose ends are ports of bridges. */
interface Cable {
  readonly near: LinkEnd;
  readonly far: LinkEnd;
}

const nameOf = ({ node, link }: LinkEnd): string => `${node}:${link}`;

/**
 * The cables and tunnels that close a loop of bridges without a spanning tree, as `h1:eth2 to h2:eth2`; those to switches
 * count as the ones that are meant. One bridge with a spanning tree is enough to break a loop: bridges without one pass its
 * messages on.
 */
export function loopsWithoutTree(nodes: readonly NodeState[]): readonly string[] {
  const bridges = new Map(nodes.flatMap(portsOf));
  const switches = new Set(nodes.filter(({ role }) => role === 'switch').map(({ name }) => name));
  const isMeant = ({ near, far }: Cable): boolean => switches.has(near.node) || switches.has(far.node);
  const cables = cablesBetween(nodes, bridges).toSorted((a, b) => Number(isMeant(b)) - Number(isMeant(a)));
  const groups = new Map<string, string>();
  const rootOf = (bridge: string): string => {
    const parent = groups.get(bridge);
    return parent === undefined ? bridge : rootOf(parent);
  };
  return cables.flatMap(({ near, far }) => {
    const [a, b] = [near, far].map((end) => rootOf(bridges.get(nameOf(end)) ?? '')) as [string, string];
    if (a === b) return [`${nameOf(near)} to ${nameOf(far)}`];
    groups.set(a, b);
    return [];
  });
}

/** Ports of a node's bridges that have no spanning tree, with the bridge that each belongs to. */
function portsOf({ name: node, links, services }: NodeState): ReadonlyArray<readonly [port: string, bridge: string]> {
  const plain = new Set(links.flatMap((link) => (link.kind === 'bridge' && !link.stp ? [link.name] : [])));
  const kernels = links.flatMap(({ name, master = '' }) => (plain.has(master) ? [[name, master] as const] : []));
  const daemons = services.flatMap(({ switch: own }) =>
    (own?.bridges ?? [])
      .filter(({ spanningTree }) => spanningTree === 'off')
      .flatMap(({ name, ports }) => ports.map((port) => [port.name, name] as const)),
  );
  return [...kernels, ...daemons].map(([port, bridge]) => [`${node}:${port}`, `${node}:${bridge}`]);
}

/** Each once, although both ends know of it. */
function cablesBetween(nodes: readonly NodeState[], bridges: ReadonlyMap<string, string>): readonly Cable[] {
  const found = nodes.flatMap(({ name: node, links, services }): Cable[] => [
    ...links.flatMap((link) => (link.kind === 'veth' ? [{ near: { node, link: link.name }, far: link.peer }] : [])),
    ...services.flatMap(({ switch: own }) =>
      (own?.bridges ?? []).flatMap(({ ports }) =>
        ports.flatMap(({ name: link, peer }) => (peer === undefined ? [] : [{ near: { node, link }, far: peer }])),
      ),
    ),
  ]);
  const inside = found.filter(({ near, far }) => bridges.has(nameOf(near)) && bridges.has(nameOf(far)));
  const byEnds = inside.map((cable) => [[nameOf(cable.near), nameOf(cable.far)].toSorted().join(' '), cable] as const);
  return [...new Map(byEnds.toReversed()).values()].toReversed();
}
