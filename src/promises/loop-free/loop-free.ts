/**
 * # loop-free
 *
 * Broadcast frames do not multiply: where two ways lead to the same place, one of them is blocked.
 *
 * ## What it asks
 *
 * Is the topology a tree, or kept one by a spanning tree, even with redundant cables or tunnels?
 *
 * ## How it is measured
 *
 * Ten broadcast frames from a container of each host and from each switch are counted on every port of every bridge.
 * More than ten on a port means that frames go round. A storm is cut off by taking down a redundant link, so that the
 * machine is not flooded. Spanning trees are read from the kernel and from Open vSwitch, and the report says which
 * links are blocked and who is the root.
 *
 * ## Its limit
 *
 * Up to 16 hosts send. A loop in a network that the lab does not have, as behind a real switch, is not seen.
 *
 * ## What breaks it
 *
 * A second cable or a full mesh of tunnels without a spanning tree; STP that is on at one end only.
 *
 * ## What to do
 *
 * Enable STP (`stp: true`), or take the redundant link away. `netlab plan` warns of a loop before anything is built.
 */
import type { Lab } from '#lab/lab.js';
import type { CheckOutcome, Evidence } from '../../result/result.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { containersByHost } from '../../probes/endpoint-choice.js';
import { measured, observeTrees, stormEvidence, treeWords } from './findings.js';
import { failed, inconclusive, passed } from '../../check/outcome.js';
import { observedLink } from '../../probes/observed-link.js';
import { patiently, untilQuiet } from '../../probes/patience.js';
import { bridgePorts, bridgingNodes, portsSettled, undecidedPorts } from '../../probes/spanning-tree.js';
import { cutOff, raiseCuts, type StormCut, stormCuts } from '../../probes/storm.js';
import { broadcastMac, FrameSession, type Sighting } from '../../probes/test-frames.js';
import { counted, enumerate } from '../../check/words.js';

/** Broadcast frames that each sender sends. */
const FRAMES = 10;
const MOST_HOSTS = 16;
const MOST_ROUNDS = 4;
/** Long enough for a machine that is busy with everything else; a sender that is cut off costs this much. */
const FIRST_FRAME_MS = 1_000;
/** Frames seen, over all taps, before the taps are read: their buffers hold a few hundred each. */
const BATCH_SIGHTINGS = 1000;
/** Listening and learning at their longest: 30 s each (IEEE 802.1D-1998, table 8-3). */
const RAISED_MS = 62_000;
const TIMES = { quietMs: 15, limitMs: 300 } as const;

/** Broadcasts must not multiply: where two ways lead to the same place, one of them is blocked. */
export const loopFree: Check = {
  promise: 'loop-free',
  title: `${FRAMES} broadcast frames stay ${FRAMES} on every port of every bridge`,
  sharing: 'alone',
  async measure(context) {
    const { lab, signal } = context;
    const { fresh } = stormCuts(lab);
    if (fresh.length > 0) return await stormSeen(lab, fresh);
    const again = await raise(context);
    if (again.length > 0) return await stormSeen(lab, again);
    const undecided = await portsSettled(lab, signal);
    let counts = await countFrames(context);
    // On a busy machine frames may still be on their way when all looks quiet; a sender that is really cut off stays unseen.
    for (let round = 1; round < MOST_ROUNDS && isIncomplete(counts); round += 1) counts = await countFrames(context);
    return await judge(lab, counts, undecided);
  },
};

/**
 * Raises the links that an earlier verify cut and watches for a storm until their ports have settled: the first broadcast
 * of anybody starts one, long before all frames are counted.
 * @returns the links that had to be cut again
 */
async function raise({ lab, signal }: CheckContext): Promise<readonly StormCut[]> {
  if ((await raiseCuts(lab)).length === 0) return [];
  const untilMs = performance.now() + RAISED_MS;
  let cuts = await cutOff(lab, signal);
  while (cuts.length === 0 && (await undecidedPorts(lab)).length > 0 && performance.now() < untilMs)
    cuts = await cutOff(lab, signal);
  return cuts;
}

interface Sender {
  readonly node: string;
  readonly link: string;
  readonly mac: string;
}

interface Counts {
  readonly senders: readonly Sender[];
  readonly ports: number;
  /** Ports on which a sender's frames were seen more often than they were sent. */
  readonly multiplied: ReadonlyArray<{ readonly place: string; readonly sender: Sender; readonly frames: number }>;
  /** Senders whose frames no tap saw. */
  readonly unseen: readonly Sender[];
  readonly dropped: number;
  /** Links that were taken down because the frames ran on and on. */
  readonly cuts: readonly StormCut[];
}

async function countFrames({ plan, lab, signal }: CheckContext): Promise<Counts> {
  const senders = await sendersOf({ plan, lab });
  const seen = new Map<string, { place: string; sender: number; frames: number }>();
  let total = 0;
  let most = 0;
  const note = ({ node, link, sender }: Sighting): void => {
    const place = `${node}:${link}`;
    const entry = seen.get(`${place} ${sender}`) ?? { place, sender, frames: 0 };
    entry.frames += 1;
    total += 1;
    most = Math.max(most, entry.frames);
    seen.set(`${place} ${sender}`, entry);
  };
  const session = new FrameSession(lab);
  try {
    await Promise.all([...bridgingNodes(lab).keys()].map((node) => session.watch(node, note)));
    const batch = Math.ceil(BATCH_SIGHTINGS / (await bridgePorts(lab)).length);
    const frames = senders.flatMap((from, sender) =>
      Array.from({ length: FRAMES }, (_, sequence) => ({ from, sender, sequence })),
    );
    for (const [index, { from, sender, sequence }] of frames.entries()) {
      await session.send(from, { destination: broadcastMac, sender, sequence });
      if ((index + 1) % batch === 0) await untilQuiet(() => total, { quietMs: 1, limitMs: 50 }, signal);
    }
    // Nothing yet is no silence: on a busy machine the first frame may take longer to be read than all others together.
    const heard = () => new Set([...seen.values()].map(({ sender }) => sender)).size;
    await patiently(() => heard() === senders.length || most > FRAMES, FIRST_FRAME_MS, signal);
    // A storm is recognised early, so that it does not run longer than it must.
    await untilQuiet(
      () => total,
      TIMES,
      signal,
      () => most > 3 * FRAMES,
    );
    // Before the taps are closed: during a storm the kernel would take seconds for that.
    const cuts = most > FRAMES ? await cutOff(lab, signal) : [];
    return { ...summarise(senders, [...seen.values()], await session.takeDropped()), cuts };
  } finally {
    session.close();
  }
}

const isIncomplete = ({ multiplied, unseen, dropped, cuts }: Counts): boolean =>
  multiplied.length === 0 && cuts.length === 0 && (unseen.length > 0 || dropped > 0);

function summarise(
  senders: readonly Sender[],
  seen: ReadonlyArray<{ place: string; sender: number; frames: number }>,
  dropped: number,
): Omit<Counts, 'cuts'> {
  const multiplied = seen
    .filter(({ frames }) => frames > FRAMES)
    .map(({ place, sender, frames }) => ({ place, sender: senders[sender] as Sender, frames }));
  const unseen = senders.filter((_, index) => !seen.some(({ sender }) => sender === index));
  const ports = new Set(seen.map(({ place }) => place)).size;
  return { senders, ports, multiplied: multiplied.toSorted((a, b) => b.frames - a.frames), unseen, dropped };
}

/** A container of each host, and every switch itself: so that every LAN segment is reached. */
async function sendersOf({ plan, lab }: Pick<CheckContext, 'plan' | 'lab'>): Promise<readonly Sender[]> {
  const containers = [...containersByHost(plan).values()]
    .slice(0, MOST_HOSTS)
    .flatMap(([first]) => (first ? [first] : []));
  const switches = [...bridgingNodes(lab)].filter(([, { state }]) => state.role === 'switch');
  const ends = [
    ...containers.map(({ node, link }) => ({ node, link })),
    ...switches.flatMap(([node, { state }]) =>
      state.links.filter(({ kind }) => kind === 'bridge').map(({ name }) => ({ node, link: name })),
    ),
  ];
  const links = await Promise.all(ends.map((end) => observedLink(lab, end)));
  return ends.flatMap(({ node, link }, index) => {
    const own = links[index];
    return own?.up === true ? [{ node, link, mac: own.mac }] : [];
  });
}

async function judge(lab: Lab, counts: Counts, undecided: number): Promise<CheckOutcome> {
  const trees = await observeTrees(lab);
  if (counts.multiplied.length > 0)
    return failed(measured(lab, trees, 'broadcast frames multiplied'), [
      ...counts.cuts.map((cut) => stormEvidence(lab, cut)),
      ...multiplyEvidence(counts),
    ]);
  const words = `${FRAMES} frames stayed ${FRAMES} on every port; ${treeWords(trees)}`;
  const coverage = `${counted(counts.ports, 'interface')} of hosts and switches, ${counted(counts.senders.length, 'sender')}`;
  const result = { ...measured(lab, trees, words), coverage };
  const problem = problemOf(counts, undecided) ?? trees.problem;
  if (problem !== undefined) return inconclusive(result, [], problem, 'Measure again.');
  return passed(result);
}

/** The storm that somebody has seen already. */
async function stormSeen(lab: Lab, cuts: readonly StormCut[]): Promise<CheckOutcome> {
  const result = measured(lab, await observeTrees(lab), 'a broadcast storm ran through the lab');
  return failed(
    result,
    cuts.map((cut) => stormEvidence(lab, cut)),
  );
}

function problemOf({ dropped, unseen, senders }: Counts, undecided: number): string | undefined {
  if (senders.length === 0) return 'no interface that could send a broadcast is up';
  if (dropped > 0) return `the kernel dropped ${counted(dropped, 'frame')} because netlab read them too slowly`;
  if (undecided > 0) return `${counted(undecided, 'bridge port')} had not settled by the spanning tree's deadline`;
  if (unseen.length > 0) return `no bridge port saw the frames of ${enumerate(unseen.map(({ node }) => node))}`;
  return undefined;
}

function multiplyEvidence({ multiplied }: Counts): readonly Evidence[] {
  return multiplied.slice(0, 3).map(({ place, sender, frames }) => ({
    message: `${FRAMES} broadcast frames of ${sender.node} became more on ${place}`,
    where: place,
    expected: `${FRAMES} frames`,
    seen: `at least ${frames} frames`,
  }));
}
