/** One round of broadcast and multicast frames: every sender sends one of each, and everybody listens. */
import type { Lab } from '#lab/lab.js';
import type { Endpoint } from '../../plan/plan.js';
import type { CheckContext } from '../../check/contract.js';
import { observedLink } from '../../probes/observed-link.js';
import { patiently, untilQuiet } from '../../probes/patience.js';
import { allHostsMac, broadcastMac, FrameSession, type Sighting } from '../../probes/test-frames.js';

const ARRIVAL_MS = 150;
const TIMES = { quietMs: 10, limitMs: 100 } as const;

export const kinds = [
  { name: 'broadcast', destination: broadcastMac },
  { name: 'multicast', destination: allHostsMac },
] as const;

/** A frame that one container should get, and how often it got it. */
export interface Expectation {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly kind: (typeof kinds)[number]['name'];
  times: number;
}

export interface Heard {
  readonly senders: readonly Endpoint[];
  readonly listeners: readonly Endpoint[];
  readonly expectations: readonly Expectation[];
  /** Hosts and outsiders, and whether they heard anything. */
  readonly bystanders: ReadonlyMap<string, boolean>;
  /** Frames that the kernel could not keep for netlab. */
  readonly dropped: number;
}

export async function listen(
  { plan, lab, signal }: CheckContext,
  senders: readonly Endpoint[],
  listeners: readonly Endpoint[],
): Promise<Heard> {
  const expected = expectedFrames(senders, listeners);
  const others = plan.endpoints.filter(({ role }) => role === 'host' || role === 'outsider');
  const bystanders = new Map(others.map(({ node }) => [node, false]));
  let [total, arrived] = [0, 0];
  const note = ({ node, sender, sequence, outgoing }: Sighting): void => {
    if (outgoing) return;
    const entry = expected.get(frameKey(node, sender, sequence));
    total += 1;
    if (entry !== undefined) arrived += ++entry.times === 1 ? 1 : 0;
    else if (bystanders.has(node)) bystanders.set(node, true);
  };
  const session = new FrameSession(lab);
  try {
    await Promise.all([...listeners, ...others].map(({ node, link }) => session.watch(node, note, link)));
    await sendAll(lab, session, senders);
    await patiently(() => arrived === expected.size, ARRIVAL_MS, signal);
    await untilQuiet(() => total, TIMES, signal);
    const expectations = [...expected.values()];
    return { senders, listeners, expectations, bystanders, dropped: await session.takeDropped() };
  } finally {
    session.close();
  }
}

const frameKey = (node: string, sender: number, sequence: number): string => `${node} ${sender} ${sequence}`;

function expectedFrames(senders: readonly Endpoint[], listeners: readonly Endpoint[]): Map<string, Expectation> {
  const frames = senders.flatMap((from, sender) =>
    kinds.flatMap(({ name: kind }, sequence) =>
      listeners
        .filter(({ node }) => node !== from.node)
        .map((to) => [frameKey(to.node, sender, sequence), { from, to, kind, times: 0 }] as const),
    ),
  );
  return new Map(frames);
}

async function sendAll(lab: Lab, session: FrameSession, senders: readonly Endpoint[]): Promise<void> {
  const sources = await Promise.all(senders.map((from) => withMac(lab, from)));
  for (const [sender, source] of sources.entries()) {
    for (const [sequence, { destination }] of kinds.entries())
      await session.send(source, { destination, sender, sequence });
  }
}

/** The MAC that the interface has now, which somebody may have changed. */
export async function withMac(lab: Lab, { node, link, mac = broadcastMac }: Endpoint) {
  const now = await observedLink(lab, { node, link });
  return { node, link, mac: now?.mac ?? mac };
}
