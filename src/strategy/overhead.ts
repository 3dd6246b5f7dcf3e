/** The MTU of containers by arithmetic: for the cluster, and for each host where those differ. */
import type { Cluster, Container } from '../cluster/cluster.js';
import type { MtuPrediction } from './contract.js';
import type { MeshTree } from './mesh-tree.js';

/** What a tunnel leaves of a wire. */
export interface Remainder {
  readonly bytes: number;
  /** The subtraction in words. */
  readonly why: string;
}

/**
 * @param remainderOf what is left for containers of a host whose eth1 has so many bytes; a larger eth1 never leaves less
 */
export function predict(cluster: Cluster, remainderOf: (wireBytes: number) => Remainder): MtuPrediction {
  const { mtuBytes: wireBytes } = cluster.underlay;
  const own = cluster.hosts.map(({ name, mtuBytes }) => ({ name, wireBytes: Math.min(mtuBytes, wireBytes) }));
  const smallest = Math.min(wireBytes, ...own.map((host) => host.wireBytes));
  const ofHosts = Object.fromEntries(own.map((host) => [host.name, remainderOf(host.wireBytes).bytes]));
  const { bytes, why } = remainderOf(smallest);
  const small = own.filter((host) => host.wireBytes === smallest).map(({ name }) => name);
  return {
    bytes,
    wireBytes,
    why:
      smallest === wireBytes
        ? why
        : `${why}; ${small.join(', ')} ${small.length === 1 ? 'has' : 'have'} eth1 with ${smallest} on a wire of ${wireBytes}`,
    ...(new Set(Object.values(ofHosts)).size > 1 ? { ofHosts } : {}),
  };
}

/** Where nothing is wrapped into anything. @param reason `a bridge encapsulates nothing` */
export function predictPlain(cluster: Cluster, reason: string): MtuPrediction {
  return predict(cluster, (wireBytes) => ({ bytes: wireBytes, why: `${wireBytes} - 0: ${reason}` }));
}

/** Where frames between two hosts may go by others: it matters where those carry less. */
export function alongTree(mtu: MtuPrediction, tree: MeshTree | undefined): MtuPrediction {
  return mtu.ofHosts === undefined || tree === undefined ? mtu : { ...mtu, tree };
}

/** The largest IP packet that leaves the host and arrives at another one that carries as much. */
export function carriedBytes({ bytes, ofHosts }: MtuPrediction, host: string): number {
  return ofHosts?.[host] ?? bytes;
}

/** What a container's interface gets: what its host carries, unless the scenario says otherwise. */
export function containerMtuBytes(mtu: MtuPrediction, { mtuBytes, host }: Container): number {
  return mtuBytes ?? carriedBytes(mtu, host);
}

/** What is between the IP packet outside and the Ethernet frame inside, in bytes (RFC 2784, 2890, 7348, 8926). */
const headers = {
  gre: { GRE: 4 },
  vxlan: { UDP: 8, VXLAN: 8 },
  geneve: { UDP: 8, Geneve: 8 },
} as const;
/** The key of a GRE header (RFC 2890); VXLAN and Geneve have a place for theirs anyway. */
const keyBytes = 4;

/** Where frames are wrapped into a tunnel: the wire's without all that it adds. */
export function predictMtu(
  cluster: Cluster,
  { tunnel, key }: { readonly tunnel: keyof typeof headers; readonly key?: number | undefined },
): MtuPrediction {
  const outside: ReadonlyArray<readonly [string, number]> = [
    ['Ethernet', 14],
    cluster.underlay.family === 'ipv4' ? ['IPv4', 20] : ['IPv6', 40],
    ...Object.entries(headers[tunnel]),
    ...(tunnel === 'gre' && key !== undefined ? [['its key', keyBytes] as const] : []),
  ];
  const overhead = outside.reduce((sum, [, bytes]) => sum + bytes, 0);
  const words = outside.map(([what, bytes]) => `${what} ${bytes}`).join(' + ');
  return predict(cluster, (wireBytes) => ({
    bytes: wireBytes - overhead,
    why: `${wireBytes} - ${overhead}: ${words}`,
  }));
}
