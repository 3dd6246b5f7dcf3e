/** How full the kernel's neighbour tables are (RTM_GETNEIGHTBL, linux/neighbour.h). */
import { AF_INET } from '../address.js';
import { decodeAttributes } from './message.js';
import type { NetlinkSocket } from './socket.js';

const RTM_GETNEIGHTBL = 66;
const NDTMSG_BYTES = 4;
const NDTA_THRESH3 = 4;
const NDTA_CONFIG = 5;
const NDTA_STATS = 7;
/** struct ndt_config: key length and entry size (2 bytes each), entries (4), ... */
const ENTRIES_OFFSET = 4;
/** struct ndt_stats: eleven counters of 8 bytes, the last of which is table_fulls. */
const TABLE_FULLS_OFFSET = 80;

/** A table of the whole kernel: its numbers are the same in every namespace (neightbl_fill_info, net/core/neighbour.c). */
export interface NeighbourTableState {
  readonly family: 'ipv4' | 'ipv6';
  /** gc_thresh3: with so many entries nothing new is learned. */
  readonly limit: number;
  readonly entries: number;
  /** How often something was not learned because the table was full, since the start of the machine. */
  readonly overflows: number;
}

/** The tables of ARP and of neighbour discovery; the latter is missing where the kernel has no IPv6. */
export function readNeighbourTables(netlink: NetlinkSocket): NeighbourTableState[] {
  return netlink.dump(RTM_GETNEIGHTBL, Buffer.alloc(NDTMSG_BYTES), 'neighbour tables').flatMap(({ body }) => {
    const attributes = decodeAttributes(body, NDTMSG_BYTES);
    const limit = attributes.get(NDTA_THRESH3);
    const config = attributes.get(NDTA_CONFIG);
    const statistics = attributes.get(NDTA_STATS);
    // A table is told in several messages: what it is, then how each link uses it.
    if (limit === undefined || config === undefined || statistics === undefined) return [];
    const state: NeighbourTableState = {
      family: body.readUInt8(0) === AF_INET ? 'ipv4' : 'ipv6',
      limit: limit.readUInt32LE(0),
      entries: config.readUInt32LE(ENTRIES_OFFSET),
      overflows: Number(statistics.readBigUInt64LE(TABLE_FULLS_OFFSET)),
    };
    return [state];
  });
}
