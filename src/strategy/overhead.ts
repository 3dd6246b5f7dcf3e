import type { Cluster } from '../cluster/cluster.js';
import type { MtuPrediction } from './contract.js';

/** What is between the IP packet outside and the Ethernet frame inside, in bytes (RFC 2784, 2890, 7348, 8926). */
const headers = {
  gre: { GRE: 4 },
  vxlan: { UDP: 8, VXLAN: 8 },
  geneve: { UDP: 8, Geneve: 8 },
} as const;
/** The key of a GRE header (RFC 2890); VXLAN and Geneve have a place for theirs anyway. */
const keyBytes = 4;

/** The containers' MTU: the wire's without all that a tunnel adds. */
export function predictMtu(
  { underlay: { mtuBytes: wireBytes, family } }: Cluster,
  { tunnel, key }: { readonly tunnel: keyof typeof headers; readonly key?: number | undefined },
): MtuPrediction {
  const outside: ReadonlyArray<readonly [string, number]> = [
    ['Ethernet', 14],
    family === 'ipv4' ? ['IPv4', 20] : ['IPv6', 40],
    ...Object.entries(headers[tunnel]),
    ...(tunnel === 'gre' && key !== undefined ? [['its key', keyBytes] as const] : []),
  ];
  const overhead = outside.reduce((sum, [, bytes]) => sum + bytes, 0);
  const words = outside.map(([what, bytes]) => `${what} ${bytes}`).join(' + ');
  return { bytes: wireBytes - overhead, wireBytes, why: `${wireBytes} - ${overhead}: ${words}` };
}
