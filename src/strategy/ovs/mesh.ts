/** Which hosts have a tunnel between them. */
import type { SwitchBridge } from '#lab/state.js';
import { macFromIpv4 } from '../../address/mac.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import type { MeshTree } from '../mesh-tree.js';

export const meshes = ['full', 'ring', 'star'] as const;
export type Mesh = (typeof meshes)[number];

/** One tunnel; both ends have the same name, as in the recipe ("the gre name should match on both hosts"). */
export interface Tunnel {
  readonly name: string;
  readonly ends: readonly [Host, Host];
}

/** Another host, and the tunnel that leads there. */
export interface Peer {
  readonly tunnel: string;
  readonly host: Host;
}

/**
 * All tunnels, numbered from 1: a gre0 would be taken for the kernel's own device of that name (ovs-gre-mesh.txt).
 * @param kind what the names begin with: `gre`
 */
export function tunnelsOf(hosts: readonly Host[], mesh: Mesh, kind: string): readonly Tunnel[] {
  return pairsOf(hosts, mesh).map((ends, index) => ({ name: `${kind}${index + 1}`, ends }));
}

/** The tunnels of one host. */
export function peersOf(host: Host, tunnels: readonly Tunnel[]): readonly Peer[] {
  return tunnels.flatMap(({ name, ends: [a, b] }) => {
    if (a.name === host.name) return [{ tunnel: name, host: b }];
    return b.name === host.name ? [{ tunnel: name, host: a }] : [];
  });
}

/**
 * The tree that the bridges will agree on. Open vSwitch takes every tunnel for a port of 100 Mbit/s (NETDEV_DEFAULT_BPS,
 * lib/netdev.h), so all cost the same; a bridge's identifier is its MAC behind a priority that all have.
 * @returns undefined where no protocol decides between several ways: frames take all of them
 */
export function treeOf(
  cluster: Cluster,
  tunnels: readonly Tunnel[],
  protocol: SwitchBridge['spanningTree'],
): MeshTree | undefined {
  // GRE does not pass NAT: to hosts behind it no tunnel carries anything.
  const working = tunnels.filter(({ ends }) => ends.every(({ name }) => !cluster.underlay.nat.includes(name)));
  if (protocol === 'off' && working.length >= cluster.hosts.length) return undefined;
  return {
    hosts: cluster.hosts.toSorted((a, b) => (macOf(a) < macOf(b) ? -1 : 1)).map(({ name }) => name),
    tunnels: working.map(({ ends: [a, b] }) => [a.name, b.name] as const),
  };
}

const macOf = ({ ipv4 }: Host): string => macFromIpv4(ipv4);

function pairsOf(hosts: readonly Host[], mesh: Mesh): ReadonlyArray<readonly [Host, Host]> {
  const [hub, ...others] = hosts;
  if (hub === undefined) return [];
  if (mesh === 'star') return others.map((other) => [hub, other] as const);
  const all = hosts.flatMap((a, i) => hosts.slice(i + 1).map((b) => [a, b] as const));
  // Of three hosts each is the others' neighbour, so the ring is the full mesh, and of two it is one tunnel.
  return mesh === 'full'
    ? all
    : all.filter(([a, b]) => b.index - a.index === 1 || b.index - a.index === hosts.length - 1);
}
