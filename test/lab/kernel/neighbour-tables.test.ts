import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { NetworkNamespace } from '#lab/kernel/namespace.js';
import { readNeighbourTables } from '#lab/kernel/netlink/neighbour-tables.js';
import { NetlinkSocket } from '#lab/kernel/netlink/socket.js';

function tables() {
  const namespace = NetworkNamespace.create();
  const netlink = NetlinkSocket.open(namespace, 'h1');
  const states = readNeighbourTables(netlink);
  netlink.close();
  namespace.close();
  return states;
}

test('the tables of the machine are told in any namespace, with room and counters', (t) => {
  const states = tables();
  t.deepEqual(states.map(({ family }) => family).toSorted(), ['ipv4', 'ipv6']);
  for (const { limit, entries, overflows } of states) {
    t.true(limit >= 128);
    t.true(entries >= 0 && entries < 1_000_000);
    t.true(Number.isSafeInteger(overflows));
  }
});

const limitFile = (family: string): string => `/proc/sys/net/${family}/neigh/default/gc_thresh3`;

/** Some kernels show them in the first network namespace only. */
const whereSeen = existsSync(limitFile('ipv4')) ? test : test.skip;

whereSeen('the limits are those of the sysctls', (t) => {
  for (const { family, limit } of tables()) t.is(limit, Number(readFileSync(limitFile(family), 'utf8')));
});
