/** What tells a broadcast storm from traffic: too many packets, and the same broadcast frame again and again. */
import type { Lab } from '#lab/lab.js';
import type { Closable } from '#lab/sockets.js';
import type { LinkEnd } from '#lab/state.js';
import { patiently } from './patience.js';
import { bridgingNodes } from './spanning-tree.js';

/** An interface that receives far too much. */
export interface BusyPort extends LinkEnd {
  readonly packets: number;
  readonly withinMs: number;
}

export interface PacketCounts {
  readonly atMs: number;
  readonly ports: ReadonlyMap<string, LinkEnd & { readonly received: number }>;
}

/** Packets per ms beyond which a port is looked at more closely: a storm on one core of 2020 makes hundreds. */
const SUSPICIOUS_PER_MS = 4;
/** Daemons on a busy machine forward no faster. */
const SUSPICIOUS_THROUGH_DAEMONS_PER_MS = 1;
/**
 * Only suspicious ports are watched, so this costs nothing where all is calm. In the kernel a frame is back in less than
 * 1 ms; through daemons that have hundreds of others to forward it takes its time.
 */
const WATCH_MS = 300;
const MOST_FRAMES = 3000;
/** How often the very same frame must be seen: netlab's nodes ask for a MAC address again every 100 ms. */
const REPEATS = 8;
const SNAP_BYTES = 128;

/**
 * From /proc/net/dev: a dump of the links would need a lock of the kernel (rtnl) that may take seconds to get while a storm
 * runs. Bridges themselves are left out.
 */
export async function countPackets(lab: Lab): Promise<PacketCounts> {
  const ports = [...bridgingNodes(lab)].map(async ([node, live]) => {
    const bridges = new Set(live.state.links.flatMap(({ kind, name }) => (kind === 'bridge' ? [name] : [])));
    const counted = receivedByLink(await live.readFile('/proc/net/dev')).filter(([link]) => !bridges.has(link));
    return counted.map(([link, received]) => [`${node}:${link}`, { node, link, received }] as const);
  });
  const counted = (await Promise.all(ports)).flat();
  return { atMs: performance.now(), ports: new Map(counted) };
}

/** Lines `  eth0: bytes packets errs ...` behind two lines of headings (proc_pid_net(5)). */
function receivedByLink(text: string): ReadonlyArray<readonly [string, number]> {
  const lines = text.trimEnd().split('\n').slice(2);
  return lines.map((line) => {
    const end = line.lastIndexOf(':');
    const [, packets = '0'] = line
      .slice(end + 1)
      .trim()
      .split(/\s+/);
    return [line.slice(0, end).trim(), Number(packets)] as const;
  });
}

/**
 * The ports that received suspiciously much between two counts, the busiest first.
 * @param expected packets per port that netlab itself caused meanwhile
 * @param byDaemons the lab has bridges that daemons forward for
 */
export function busiestPorts(
  before: PacketCounts,
  after: PacketCounts,
  expected: number,
  byDaemons: boolean,
): readonly BusyPort[] {
  const perMs = byDaemons ? SUSPICIOUS_THROUGH_DAEMONS_PER_MS : SUSPICIOUS_PER_MS;
  const withinMs = after.atMs - before.atMs;
  const busy = [...after.ports].flatMap(([name, { node, link, received }]) => {
    const packets = received - (before.ports.get(name)?.received ?? received);
    return packets > expected + perMs * withinMs ? [{ node, link, packets, withinMs }] : [];
  });
  return busy.toSorted((a, b) => b.packets - a.packets);
}

/**
 * Looks whether the very same broadcast or multicast frame passes a port again and again.
 * @returns the tap when it does, for the caller to close once the storm is over: while it runs, the kernel would take
 * seconds for that (synchronize_net in packet_release)
 */
export async function repeatsBroadcast(
  lab: Lab,
  { node, link }: LinkEnd,
  signal: AbortSignal,
): Promise<Closable | undefined> {
  const times = new Map<string, number>();
  let [frames, most] = [0, 0];
  const tap = await lab.node(node).sockets.packet({ link, snapLengthBytes: SNAP_BYTES });
  tap.onFrame = ({ data, outgoing }) => {
    frames += 1;
    // The lowest bit of the first byte marks a group address (IEEE 802).
    if (most >= REPEATS || outgoing || ((data[0] ?? 0) & 1) === 0) return;
    const key = data.toString('latin1');
    times.set(key, (times.get(key) ?? 0) + 1);
    most = Math.max(most, times.get(key) ?? 0);
  };
  try {
    await patiently(() => most >= REPEATS || frames >= MOST_FRAMES, WATCH_MS, signal);
  } finally {
    if (most < REPEATS) tap.close();
  }
  return most >= REPEATS ? tap : undefined;
}
