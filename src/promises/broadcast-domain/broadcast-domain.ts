/**
 * # broadcast-domain
 *
 * What one container broadcasts or multicasts arrives at all others, once.
 *
 * ## What it asks
 *
 * Do protocols that need a shared segment work between containers: service discovery by mDNS, DHCP, VRRP?
 *
 * ## How it is measured
 *
 * Each container sends a broadcast and a multicast frame with an EtherType of netlab's own (0x88B5, IEEE 802 local
 * experimental) and a nonce, and packet sockets in all others count them.
 *
 * ## Its limit
 *
 * Up to 16 containers all send, above that one per host; 64 listen. Frames are netlab's own, not IP multicast with
 * joined groups.
 *
 * ## What breaks it
 *
 * A routed design, a bridge that snoops multicast without a querier, a filter for broadcasts, a loop (frames arrive
 * more than once).
 *
 * ## What to do
 *
 * The evidence names who does not hear, and the first port where the frame was missing.
 */
import type { Lab } from '#lab/lab.js';
import type { Endpoint } from '../../plan/plan.js';
import { twoContainers } from '../../check/lacks.js';
import type { Evidence, Observation } from '../../result/result.js';
import { type Expectation, type Heard, kinds, listen, withMac } from './broadcast-round.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { containersByHost, containersOf, spread } from '../../probes/endpoint-choice.js';
import { allDifferences, type Difference } from '../../blame/differences.js';
import { type Loss, locateLoss } from '../../trace/locate.js';
import { failed, inconclusive, type Measured, passed, skipped } from '../../check/outcome.js';
import { broadcastMac, FrameSession } from '../../probes/test-frames.js';
import { counted, enumerate } from '../../check/words.js';

/** Up to this many containers each of them sends; above, one per host. */
const FEW = 16;
/** Each listener costs a packet socket, which the kernel takes several ms to close. */
const MOST_LISTENERS = 64;
/** Receivers for which the frame is followed along its path. */
const FOLLOWED = 3;
/** Differences from the plan that are told beside one. */
const MOST_DRIFT = 3;
/** What a shared layer-2 segment gives: discovery protocols, mDNS, DHCP, VRRP work between containers. */
export const broadcastDomain: Check = {
  promise: 'broadcast-domain',
  forEveryContainer: true,
  lacks: twoContainers,
  title: 'a broadcast and a multicast frame of a container arrive at all other containers, once',
  sharing: 'alone',
  async measure(context) {
    const containers = containersOf(context.plan);
    if (containers.length < 2)
      return skipped('there are fewer than two containers', 'Give the scenario another container.');
    const senders = sendersOf(context);
    const listeners = spread(containers, MOST_LISTENERS);
    const first = await listen(context, senders, listeners);
    if (isPerfect(first)) return passed(measured(first, containers.length));
    // Nothing else may lose or repeat a frame here, but a verdict that names a node has to be reproducible.
    const second = await listen(context, senders, listeners);
    if (isPerfect(second))
      return inconclusive(
        measured(second, containers.length),
        [],
        `only at the first try: ${faultWords(first)}`,
        'Measure again.',
      );
    if (second.dropped > 0)
      return inconclusive(
        measured(second, containers.length),
        [],
        `the kernel dropped ${counted(second.dropped, 'frame')} because netlab read them too slowly`,
        'Measure again on a less busy machine.',
      );
    return failed(measured(second, containers.length), await evidenceOf(context, second));
  },
};

const missing = ({ expectations }: Heard) => expectations.filter(({ times }) => times === 0);
const repeated = ({ expectations }: Heard) => expectations.filter(({ times }) => times > 1);
const isPerfect = (heard: Heard) => missing(heard).length + repeated(heard).length === 0;

function sendersOf({ plan }: CheckContext): readonly Endpoint[] {
  const containers = containersOf(plan);
  if (containers.length <= FEW) return containers;
  return [...containersByHost(plan).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}

function measured(heard: Heard, containers: number): Measured {
  const { senders, listeners, expectations, bystanders } = heard;
  const good = expectations.length - missing(heard).length - repeated(heard).length;
  const observations = [...bystanders].map(
    ([subject, value]): Observation => ({ name: 'hearsContainers', value, subject }),
  );
  return {
    summary: `${good} of ${expectations.length} broadcast and multicast frames arrived exactly once at ${counted(listeners.length, 'container')}`,
    coverage: `${counted(senders.length, 'sender')}, ${listeners.length} of ${containers} containers listening`,
    observations,
  };
}

function faultWords(heard: Heard): string {
  return `${counted(missing(heard).length, 'frame')} missing, ${repeated(heard).length} more than once`;
}

async function evidenceOf(context: CheckContext, heard: Heard): Promise<readonly Evidence[]> {
  const lost = byReceiver(missing(heard));
  const told = await Promise.all(lost.map((group, index) => missingEvidence(context, group, index < FOLLOWED)));
  return [...told, ...byReceiver(repeated(heard)).map(repeatedEvidence)];
}

function byReceiver(expectations: readonly Expectation[]): ReadonlyArray<readonly Expectation[]> {
  const groups = new Map<string, Expectation[]>();
  for (const one of expectations) groups.set(one.to.node, [...(groups.get(one.to.node) ?? []), one]);
  return [...groups.values()].toSorted((a, b) => b.length - a.length);
}

async function missingEvidence(
  context: CheckContext,
  group: readonly Expectation[],
  follow: boolean,
): Promise<Evidence> {
  const [first] = group as readonly [Expectation];
  const loss = follow ? await followFrame(context, first, group.length) : undefined;
  const differences = follow ? await driftAround(context, first, loss) : [];
  const senders = enumerate(group.map(({ from }) => from.node));
  const followed = loss === undefined ? [] : [`that of ${first.from.node} ${loss.words}`];
  return {
    message: `${first.to.node} does not get ${enumerate(group.map(({ kind }) => kind))} frames from ${senders}`,
    where: culprit(loss, differences) ?? first.to.node,
    expected: `${counted(group.length, 'frame')}, each once`,
    seen: ['none', ...followed, ...differences.slice(0, MOST_DRIFT).map(({ text }) => text)].join('; '),
  };
}

/** How the node where it was missing, and both ends' hosts, differ from the plan. */
async function driftAround(
  context: CheckContext,
  { from, to }: Expectation,
  loss: Loss | undefined,
): Promise<readonly Difference[]> {
  const names = [loss?.missing?.node, from.host, to.host].filter((name) => name !== undefined);
  return await allDifferences(context, [...new Set(names)]);
}

/** A switch that is as planned carries what it is given; who gave it too little, or to the wrong one, differs from the plan. */
function culprit(loss: Loss | undefined, differences: readonly Difference[]): string | undefined {
  const isOdd = differences.some(({ where }) => where.split(':', 1)[0] === loss?.missing?.node);
  return isOdd ? loss?.where : (differences[0]?.where ?? loss?.where);
}

async function followFrame({ lab, followUps }: CheckContext, expectation: Expectation, losses: number) {
  const like = `frame to ${expectation.to.node}`;
  return await followUps.once(like, losses, async (signal) => await sendAgain(lab, signal, expectation));
}

async function sendAgain(lab: Lab, signal: AbortSignal, { from, to, kind }: Expectation): Promise<Loss> {
  const session = new FrameSession(lab);
  const destination = kinds.find(({ name }) => name === kind)?.destination ?? broadcastMac;
  const source = await withMac(lab, from);
  const resend = () => session.send(source, { destination, sender: 0, sequence: 0 });
  return await locateLoss(
    lab,
    { from, to, family: 'ipv4', marks: [{ contains: session.nonce }], answered: false, isFrame: true, resend },
    signal,
  );
}

function repeatedEvidence(group: readonly Expectation[]): Evidence {
  const [first] = group as readonly [Expectation];
  return {
    message: `${first.to.node} gets the same frame more than once from ${enumerate(group.map(({ from }) => from.node))}`,
    where: first.to.node,
    expected: 'each frame once',
    seen: `up to ${Math.max(...group.map(({ times }) => times))} times`,
  };
}
