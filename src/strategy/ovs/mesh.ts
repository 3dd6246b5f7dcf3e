/** Which hosts have a tunnel between them. */
import type { Host } from '../../cluster/cluster.js';

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
