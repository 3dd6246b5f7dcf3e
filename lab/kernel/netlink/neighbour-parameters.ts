/** How a link asks for its neighbours (RTM_SETNEIGHTBL, linux/neighbour.h). */
import { AF_INET, AF_INET6 } from '../address.js';
import type { LinkState } from '../../state.js';
import { BodyWriter, type Request } from './message.js';

const RTM_SETNEIGHTBL = 67;
const NDTA_NAME = 1;
const NDTA_PARMS = 6;
const NDTPA_IFINDEX = 1;

/**
 * Attributes NDTPA_*. A new interface has its values from the machine's first namespace (neigh_parms_alloc,
 * net/core/neighbour.c), so all are set: to what is compiled in (net/ipv4/arp.c, net/ipv6/ndisc.c), but for the first two.
 */
const TIMES_MS = {
  // The kernel asks once a second, three times. In a network of a thousand nodes on one machine, broadcasts do get lost.
  RETRANS_TIME: [5, 100],
  BASE_REACHABLE_TIME: [4, 30_000],
  GC_STALETIME: [6, 60_000],
  DELAY_PROBE_TIME: [7, 5_000],
  ANYCAST_DELAY: [12, 1_000],
  PROXY_DELAY: [13, 800],
  INTERVAL_PROBE_TIME: [19, 5_000],
} as const;
const COUNTS = {
  MCAST_PROBES: [11, 10],
  APP_PROBES: [9, 0],
  UCAST_PROBES: [10, 3],
  PROXY_QLEN: [14, 64],
  QUEUE_LENBYTES: [16, 212_992],
  MCAST_REPROBES: [17, 0],
} as const;
const NDTPA_LOCKTIME = 15;
/** RFC 8200, section 5; the kernel has no IPv6 on a link with a smaller MTU (IPV6_MIN_MTU, net/ipv6/addrconf.c). */
const IPV6_SMALLEST_MTU = 1280;

type Link = Pick<LinkState, 'name' | 'mtuBytes'>;

/** All of a table but the interface that they are for: the same for each. */
const TABLES = [
  { family: AF_INET, name: 'arp_cache', lockMs: 1_000 },
  { family: AF_INET6, name: 'ndisc_cache', lockMs: 0 },
].map(({ family, name, lockMs }) => ({ family, name, parameters: parametersOf(lockMs) }));

function parametersOf(lockMs: number): Buffer {
  const body = new BodyWriter().bytes(NDTPA_LOCKTIME, milliseconds(lockMs));
  for (const [type, ms] of Object.values(TIMES_MS)) body.bytes(type, milliseconds(ms));
  for (const [type, count] of Object.values(COUNTS)) body.u32(type, count);
  return body.finish();
}

function milliseconds(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** Asks again soon, so that a request that was lost costs a tenth of a second and not a whole one. */
export function askNeighboursOften(index: number, { name: link, mtuBytes = IPV6_SMALLEST_MTU }: Link): Request[] {
  const tables = TABLES.filter(({ family }) => family === AF_INET || mtuBytes >= IPV6_SMALLEST_MTU);
  return tables.map(({ family, name, parameters }) => {
    const body = new BodyWriter().fixed(Buffer.from([family, 0, 0, 0])).text(NDTA_NAME, name);
    body.nested(NDTA_PARMS, () => body.u32(NDTPA_IFINDEX, index).fixed(parameters));
    return { type: RTM_SETNEIGHTBL, flags: 0, body: body.finish(), object: `neighbour parameters of ${link}` };
  });
}
