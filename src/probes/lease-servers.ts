/** Who gives leases, as far as sockets tell: whoever listens where servers do. */
import type { Lab } from '#lab/lab.js';

/** RFC 2131, RFC 8415: where servers listen. */
const SOCKETS = { ipv4: 'udp/67', ipv6: 'udp/547' } as const;

/** Names of nodes in which somebody listens for DHCP, and for DHCPv6. */
export async function leaseServers(lab: Lab): Promise<Readonly<Record<keyof typeof SOCKETS, readonly string[]>>> {
  const listeners = await lab.listeners();
  const at = (wanted: string): readonly string[] => [
    ...new Set(listeners.flatMap(({ node, socket }) => (socket === wanted ? [node] : []))),
  ];
  return { ipv4: at(SOCKETS.ipv4), ipv6: at(SOCKETS.ipv6) };
}
