import { setTimeout as delay } from 'node:timers/promises';
import { AF_INET6, packAddress } from '../kernel/address.js';
import type { NodeState } from '../state.js';
import type { NetnsNode } from './node.js';

/** Far longer than the kernel's work queue ever took (0-13 ms seen); what is not ready then will not be. */
const DEADLINE_MS = 1_000;
const POLL_MS = 1;

/**
 * Waits until the nodes hear neighbour solicitations for their new IPv6 addresses. The kernel joins an address's
 * solicited-node group (RFC 4291, 2.7.1) some time after it has accepted the address (addrconf_dad_work,
 * net/ipv6/addrconf.c), and whoever asks before is answered only when it asks again, a second later.
 */
export async function ipv6Ready(nodes: ReadonlyArray<readonly [NetnsNode, NodeState]>): Promise<void> {
  const startedMs = performance.now();
  let waiting = nodes
    .map(([node, state]) => ({ node, groups: groupsOf(state) }))
    .filter(({ groups }) => groups.length > 0);
  while (waiting.length > 0) {
    const joined = await Promise.all(waiting.map(({ node, groups }) => hasJoined(node, groups)));
    waiting = waiting.filter((_, index) => joined[index] !== true);
    if (waiting.length === 0 || performance.now() - startedMs > DEADLINE_MS) return;
    await delay(POLL_MS);
  }
}

/** As /proc/net/igmp6 writes them: 32 hexadecimal digits. Links that stay down join nothing. */
function groupsOf(state: NodeState): string[] {
  const addresses = state.links
    .filter(({ up }) => up !== false)
    .flatMap((link) => link.addresses.map((address) => packAddress(address.split('/')[0] ?? '')));
  const last24Bits = addresses
    .filter(({ family }) => family === AF_INET6)
    .map(({ bytes }) => bytes.toString('hex', 13));
  return [...new Set(last24Bits)].map((bits) => `ff0200000000000000000001ff${bits}`);
}

async function hasJoined(node: NetnsNode, groups: readonly string[]): Promise<boolean> {
  const joined = await node.readFile('/proc/thread-self/net/igmp6');
  return groups.every((group) => joined.includes(group));
}
