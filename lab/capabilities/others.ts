/** Kernel features that are neither links nor queueing disciplines. */
import { closeSync, writeFileSync } from 'node:fs';
import { LabError } from '../errors.js';
import { systemCall } from '../kernel/libc.js';
import { AF_NETLINK, NLM_F_REQUEST, NLMSG_ERROR } from '../kernel/netlink/constants.js';
import { BodyWriter, decodeMessages, encodeBatch } from '../kernel/netlink/message.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import { SystemCallError } from '../kernel/system-call-error.js';
import type { Argv } from '../machine/command-line.js';
import { runTool } from '../process.js';
import type { Bench, FeatureProbe } from './feature.js';

const NFT = ['nft', '-f', '-'] as const;
const NFT_TIMEOUT_MS = 5000;
const MASQUERADE = `table ip probe {
  chain postrouting { type nat hook postrouting priority srcnat; ip saddr 192.0.2.0/24 masquerade; }
  chain forward { type filter hook forward priority filter; ct state established accept; }
}
`;
const BRIDGE_NF_CALL = '/proc/sys/net/bridge/bridge-nf-call-iptables';
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
/** linux/genetlink.h */
const NETLINK_GENERIC = 16;
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_NAME = 2;
const ANSWER_BYTES = 16 * 1024;

export const otherProbes: readonly FeatureProbe[] = [
  {
    name: 'nftables',
    module: 'nf_tables',
    make: ({ namespace }) => loadRuleset(NFT, namespace),
    tool: (prefix) => loadRuleset([...prefix, ...NFT]),
  },
  { name: 'br_netfilter', module: 'br_netfilter', make: setBridgeNetfilter },
  { name: 'openvswitch', module: 'openvswitch', make: (bench) => findGenericFamily(bench, 'ovs_datapath') },
];

/** Masquerading and connection tracking, with the program that netlab itself uses. */
async function loadRuleset(argv: Argv, namespace?: NetworkNamespace): Promise<void> {
  const where = namespace === undefined ? {} : { namespace };
  await runTool(argv, { input: MASQUERADE, timeoutMs: NFT_TIMEOUT_MS, ...where });
}

function setBridgeNetfilter({ namespace }: Bench): void {
  try {
    namespace.run(() => writeFileSync(BRIDGE_NF_CALL, '0'));
  } catch (cause) {
    throw new LabError(`cannot set net.bridge.bridge-nf-call-iptables: ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
    });
  }
}

/** Asks the kernel for a generic netlink family by name (CTRL_CMD_GETFAMILY); it loads the module when it can. */
function findGenericFamily({ namespace }: Bench, family: string): void {
  const socket = namespace.run(() => systemCall('socket', AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_GENERIC));
  try {
    const body = new BodyWriter()
      .fixed(Buffer.from([CTRL_CMD_GETFAMILY, 1, 0, 0]))
      .text(CTRL_ATTR_FAMILY_NAME, family)
      .finish();
    const request = encodeBatch([{ type: GENL_ID_CTRL, flags: NLM_F_REQUEST, body, object: family }], 1);
    systemCall('send', socket, request, request.length, 0);
    const answer = Buffer.alloc(ANSWER_BYTES);
    const length = systemCall('recv', socket, answer, answer.length, 0);
    for (const message of decodeMessages(answer.subarray(0, length))) {
      const errno = message.type === NLMSG_ERROR ? -message.body.readInt32LE(0) : 0;
      if (errno !== 0) throw new SystemCallError(`generic netlink family ${family}`, errno);
    }
  } finally {
    closeSync(socket);
  }
}
