/** How a link asks for its neighbours (RTM_SETNEIGHTBL, linux/neighbour.h). */
import { AF_INET, AF_INET6 } from '../address.js';
import type { LinkState } from '../../state.js';
import { BodyWriter, type Request } from './message.js';

const RTM_SETNEIGHTBL = 67;
const NDTA_NAME = 1;
const NDTA_PARMS = 6;
const NDTPA_IFINDEX = 1;
const NDTPA_RETRANS_TIME = 5;
const NDTPA_MCAST_PROBES = 11;
const TABLES = [
  { family: AF_INET, name: 'arp_cache' },
  { family: AF_INET6, name: 'ndisc_cache' },
] as const;

/** The kernel asks once a second, three times. In a network of a thousand nodes on one machine, broadcasts do get lost. */
const RETRANS_MS = 100n;
const MULTICAST_PROBES = 10;
/** RFC 8200, section 5; the kernel has no IPv6 on a link with a smaller MTU (IPV6_MIN_MTU, net/ipv6/addrconf.c). */
const IPV6_SMALLEST_MTU = 1280;

type Link = Pick<LinkState, 'name' | 'mtuBytes'>;

/** Asks again soon, so that a request that was lost costs a tenth of a second and not a whole one. */
export function askNeighboursOften(index: number, { name: link, mtuBytes = IPV6_SMALLEST_MTU }: Link): Request[] {
  const tables = TABLES.filter(({ family }) => family === AF_INET || mtuBytes >= IPV6_SMALLEST_MTU);
  return tables.map(({ family, name }) => {
    const retransMs = Buffer.alloc(8);
    retransMs.writeBigUInt64LE(RETRANS_MS);
    const body = new BodyWriter().fixed(Buffer.from([family, 0, 0, 0])).text(NDTA_NAME, name);
    body.nested(NDTA_PARMS, () => {
      body.u32(NDTPA_IFINDEX, index).bytes(NDTPA_RETRANS_TIME, retransMs).u32(NDTPA_MCAST_PROBES, MULTICAST_PROBES);
    });
    return { type: RTM_SETNEIGHTBL, flags: 0, body: body.finish(), object: `neighbour parameters of ${link}` };
  });
}
