/** Generic netlink (linux/genetlink.h), as far as it is needed: forgetting TCP metrics (linux/tcp_metrics.h). */
import type { NetworkNamespace } from '../namespace.js';
import { BodyWriter, decodeAttributes, decodeText } from './message.js';
import { NetlinkSocket } from './socket.js';

const NETLINK_GENERIC = 16;
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;
const TCP_METRICS_CMD_DEL = 2;

/** `struct genlmsghdr` */
const header = (command: number): Buffer => Buffer.from([command, 1, 0, 0]);

/** Family ids are the kernel's, the same in every namespace: looked up once. */
let tcpMetricsFamily: number | undefined;

/**
 * Forgets what TCP has learned of its peers in this namespace (round-trip times, thresholds): it would colour the next
 * measurement. A kernel that keeps no metrics has nothing to forget.
 */
export function flushTcpMetrics(namespace: NetworkNamespace, node: string): void {
  const socket = NetlinkSocket.open(namespace, node, NETLINK_GENERIC);
  try {
    tcpMetricsFamily ??= familyOf(socket, 'tcp_metrics');
    if (tcpMetricsFamily === 0) return;
    const body = new BodyWriter().fixed(header(TCP_METRICS_CMD_DEL)).finish();
    // Only root of the machine may; elsewhere they stay, and colour no more than how a TCP connection begins.
    socket.attempt([{ type: tcpMetricsFamily, flags: 0, body, object: 'TCP metrics' }]);
  } finally {
    socket.close();
  }
}

/** @returns 0 when the kernel has no such family */
function familyOf(socket: NetlinkSocket, name: string): number {
  const families = socket.dump(GENL_ID_CTRL, header(CTRL_CMD_GETFAMILY), 'netlink families');
  const found = families
    .map(({ body }) => decodeAttributes(body, 4))
    .find((family) => decodeText(family.get(CTRL_ATTR_FAMILY_NAME)) === name);
  return found?.get(CTRL_ATTR_FAMILY_ID)?.readUInt16LE(0) ?? 0;
}
