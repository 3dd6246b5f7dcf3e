import type { Endpoint } from '../plan/plan.js';
import type { Evidence, Observation } from '../result/result.js';
import type { Check, CheckContext } from './contract.js';
import { containersByHost, containersOf } from './endpoint-choice.js';
import { locateLoss } from './locate.js';
import { failed, inconclusive, type Measured, passed, skipped } from './outcome.js';
import { patiently, untilQuiet } from './patience.js';
import { allHostsMac, broadcastMac, FrameSession } from './test-frames.js';
import { counted, enumerate } from './words.js';

/** Up to this many containers each of them sends; above, one per host. */
const FEW = 16;
const ARRIVAL_MS = 150;
const TIMES = { quietMs: 10, limitMs: 100 } as const;
/** Receivers for which the frame is followed along its path. */
const FOLLOWED = 3;
const kinds = [
  { name: 'broadcast', destination: broadcastMac },
  { name: 'multicast', destination: allHostsMac },
] as const;

/** What a shared layer-2 segment gives: discovery protocols, mDNS, DHCP, VRRP work between containers. */
export const broadcastDomain: Check = {
  promise: 'broadcast-domain',
  title: 'a broadcast and a multicast frame of a container arrive at all other containers, once',
  sharing: 'alone',
  async measure(context) {
    const containers = containersOf(context.plan);
    if (containers.length < 2)
      return skipped('there are fewer than two containers', 'Give the scenario another container.');
    const senders = sendersOf(context);
    const first = await listen(context, senders, containers);
    if (isPerfect(first)) return passed(measured(first));
    // Nothing else may lose or repeat a frame here, but a verdict that names a node has to be reproducible.
    const second = await listen(context, senders, containers);
    if (isPerfect(second))
      return inconclusive(measured(second), [], `only at the first try: ${faultWords(first)}`, 'Measure again.');
    if (second.dropped > 0)
      return inconclusive(
        measured(second),
        [],
        `the kernel dropped ${counted(second.dropped, 'frame')} because netlab read them too slowly`,
        'Measure again on a less busy machine.',
      );
    return failed(measured(second), await evidenceOf(context, second));
  },
};

/** A frame that one node should get. */
interface Expectation {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly kind: (typeof kinds)[number]['name'];
  times: number;
}

interface Heard {
  readonly senders: readonly Endpoint[];
  readonly expectations: readonly Expectation[];
  /** Hosts and outsiders that heard at least one frame. */
  readonly bystanders: ReadonlyMap<string, boolean>;
  readonly dropped: number;
}

const missing = ({ expectations }: Heard) => expectations.filter(({ times }) => times === 0);
const repeated = ({ expectations }: Heard) => expectations.filter(({ times }) => times > 1);
const isPerfect = (heard: Heard) => missing(heard).length + repeated(heard).length === 0;

function sendersOf({ plan }: CheckContext): readonly Endpoint[] {
  const containers = containersOf(plan);
  if (containers.length <= FEW) return containers;
  return [...containersByHost(plan).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
}

/** One round: every sender sends one frame of each kind, everybody listens. */
async function listen(
  { plan, lab, signal }: CheckContext,
  senders: readonly Endpoint[],
  containers: readonly Endpoint[],
): Promise<Heard> {
  const expected = new Map<string, Expectation>();
  const bystanders = new Map(
    plan.endpoints.filter(({ role }) => role === 'host' || role === 'outsider').map(({ node }) => [node, false]),
  );
  senders.forEach((from, sender) => {
    for (const to of containers)
      kinds.forEach(({ name: kind }, sequence) => {
        if (to !== from) expected.set(`${to.node} ${sender} ${sequence}`, { from, to, kind, times: 0 });
      });
  });
  let [total, arrived] = [0, 0];
  const session = new FrameSession(lab);
  try {
    for (const { node, link, role } of plan.endpoints)
      if (role !== 'world')
        session.watch(
          node,
          ({ sender, sequence, outgoing }) => {
            if (outgoing) return;
            const entry = expected.get(`${node} ${sender} ${sequence}`);
            total += 1;
            if (entry !== undefined) arrived += ++entry.times === 1 ? 1 : 0;
            else if (bystanders.has(node)) bystanders.set(node, true);
          },
          link,
        );
    senders.forEach((from, sender) => {
      kinds.forEach(({ destination }, sequence) => session.send(withMac(lab, from), { destination, sender, sequence }));
    });
    await patiently(() => arrived === expected.size, ARRIVAL_MS, signal);
    await untilQuiet(() => total, TIMES, signal);
    return { senders, expectations: [...expected.values()], bystanders, dropped: session.takeDropped() };
  } finally {
    session.close();
  }
}

/** The MAC that the interface has now, which somebody may have changed. */
function withMac(lab: CheckContext['lab'], { node, link, mac }: Endpoint) {
  const now = lab
    .node(node)
    .observe()
    .links.find(({ name }) => name === link)?.mac;
  return { node, link, mac: now ?? mac ?? broadcastMac };
}

function measured(heard: Heard): Measured {
  const { senders, expectations, bystanders } = heard;
  const good = expectations.length - missing(heard).length - repeated(heard).length;
  const receivers = new Set(expectations.map(({ to }) => to.node)).size;
  const observations = [...bystanders].map(
    ([subject, value]): Observation => ({ name: 'hearsContainers', value, subject }),
  );
  return {
    summary: `${good} of ${expectations.length} broadcast and multicast frames arrived exactly once at ${counted(receivers, 'container')}`,
    coverage: `${counted(senders.length, 'sender')}, all other containers listening`,
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
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

async function missingEvidence(
  context: CheckContext,
  group: readonly Expectation[],
  follow: boolean,
): Promise<Evidence> {
  const [first] = group as readonly [Expectation];
  const loss = follow ? await followFrame(context, first) : undefined;
  const senders = enumerate(group.map(({ from }) => from.node));
  return {
    message: `${first.to.node} does not get ${enumerate(group.map(({ kind }) => kind))} frames from ${senders}`,
    where: loss?.where ?? first.to.node,
    expected: `${counted(group.length, 'frame')}, each once`,
    seen: loss === undefined ? 'none' : `none; that of ${first.from.node} ${loss.words}`,
  };
}

async function followFrame({ lab, signal }: CheckContext, { from, to, kind }: Expectation) {
  const session = new FrameSession(lab);
  const destination = kinds.find(({ name }) => name === kind)?.destination ?? broadcastMac;
  const resend = () => session.send(withMac(lab, from), { destination, sender: 0, sequence: 0 });
  return await locateLoss(
    lab,
    { from, to, family: 'ipv4', marks: [{ contains: session.nonce }], answered: false, resend },
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
