/** Outer packets that a host cut into fragments: a tunnel that does so hides a wrong MTU. */
import type { Lab, LabNode } from '#lab/lab.js';
import { openAll } from '#lab/sockets.js';
import { patiently } from './patience.js';
import { bridgingNodes } from './spanning-tree.js';

/** Long enough for a proxy's answer to ARP, which the kernel delays (proxy_delay, 0.8 s). */
const WATCH_MS = 1000;
/** Ethernet and the longest IPv4 header. */
const SNAP_BYTES = 74;
const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
/** "More fragments" and the fragment offset (RFC 791); the next header of IPv6 (RFC 8200, section 4.5). */
const IPV4_FRAGMENT_MASK = 0x3fff;
const IPV6_FRAGMENT_HEADER = 44;

/** Fragments that the hosts' kernels have made so far, both families: `FragCreates` of RFC 4293 (ipSystemStatsOutFragCreates). */
export async function countFragments(lab: Lab): Promise<number> {
  const counts = [...bridgingNodes(lab).values()].map(async (node) => {
    const [snmp, snmp6] = await Promise.all([node.readFile('/proc/net/snmp'), readOptional(node, '/proc/net/snmp6')]);
    return ipv4Created(snmp) + Number(/^Ip6FragCreates\s+(\d+)/m.exec(snmp6)?.[1] ?? 0);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

/** The first two lines of /proc/net/snmp: `Ip:` and names, `Ip:` and numbers. */
function ipv4Created(text: string): number {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Ip:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('FragCreates')] ?? 0);
}

async function readOptional(node: LabNode, path: string): Promise<string> {
  try {
    return await node.readFile(path);
  } catch {
    // A kernel without IPv6 has no such file.
    return '';
  }
}

/**
 * Sends again and watches the hosts' cables to the underlay.
 * @returns the ports on which IP fragments were seen, `h1:eth1`
 */
export async function fragmentingPorts(
  lab: Lab,
  resend: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const seen = new Set<string>();
  const taps = await openAll(underlayPorts(lab), async ({ node, link }) => {
    const tap = await lab.node(node).sockets.packet({ link, snapLengthBytes: SNAP_BYTES });
    tap.onFrame = ({ data }) => {
      if (isFragment(data)) seen.add(`${node}:${link}`);
    };
    return tap;
  });
  try {
    await resend();
    await patiently(() => seen.size > 0, WATCH_MS, signal);
    return [...seen];
  } finally {
    for (const tap of taps) tap.close();
  }
}

/** Ends of hosts' cables that lead to no container. */
function underlayPorts(lab: Lab): ReadonlyArray<{ readonly node: string; readonly link: string }> {
  const hosts = [...lab.nodes.values()].filter(({ state }) => state.role === 'host');
  return hosts.flatMap(({ state }) =>
    state.links.flatMap((link) => {
      const far = link.kind === 'veth' ? lab.nodes.get(link.peer.node)?.state.role : 'container';
      return far === 'container' ? [] : [{ node: state.name, link: link.name }];
    }),
  );
}

function isFragment(frame: Buffer): boolean {
  if (frame.length < 34) return false;
  const etherType = frame.readUInt16BE(12);
  if (etherType === ETHERTYPE.ipv4) return (frame.readUInt16BE(20) & IPV4_FRAGMENT_MASK) !== 0;
  return etherType === ETHERTYPE.ipv6 && frame[20] === IPV6_FRAGMENT_HEADER;
}
