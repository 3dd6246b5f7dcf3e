/** Why path-mtu failed: where the first packet that should have passed is cut, by comparison and by following it. */
import { groupBy } from '#lab/group-by.js';
import type { Evidence } from '../../result/result.js';
import { placeName } from '../../trace/cable-path.js';
import type { CheckContext } from '../../check/contract.js';
import { followTransfer } from '../../trace/follow-transfer.js';
import { DatagramProbes } from '../../probes/datagram-probes.js';
import { fragmentingPorts } from '../../probes/fragments.js';
import type { Loss } from '../../trace/locate.js';
import { directionName, directionsWords } from './directions.js';
import {
  deliveredBytes,
  endingWords,
  type Findings,
  type InterfaceMtu,
  isLong,
  isShort,
  isSwallowed,
  type Judged,
} from './findings.js';
import { followShot } from './follow-shot.js';
import { limitWords } from './limit.js';
import { isExact, isReachable, largestBytes } from './probing.js';
import { enumerate } from '../../check/words.js';

/** Groups of directions for which a packet is followed along its path. */
const FOLLOWED = 4;

/** One entry for each place that is to blame; empty when the promise is kept. */
export async function explain(context: CheckContext, findings: Findings): Promise<readonly Evidence[]> {
  const { measurements } = findings;
  const short = groupBy(measurements.filter(isShort), limitName) as Map<string, Group>;
  const swallowed = groupBy(measurements.filter(isSwallowed), limitingNode) as Map<string, Group>;
  const followed: Followed[] = [];
  for (const group of short.values()) followed.push(await followGroup(context, group, followed.length < FOLLOWED));
  const told: Evidence[] = [...groupBy(followed, placeOf).values()].map(shortEvidence);
  for (const group of swallowed.values()) told.push(await swallowedEvidence(context, group, told.length < FOLLOWED));
  const bulk = await bulkEvidence(context, findings);
  // Where nothing passes at all, a transfer that does not complete is no other finding.
  const closed = told.filter(({ where, message }) => where !== undefined && message.includes(nothingArrives));
  const isClosed = ({ where }: Evidence): boolean => closed.some((one) => one.where === where);
  const alsoLost = bulk.filter(isClosed);
  return [
    ...told.map((one) =>
      withOthers(one, closed.includes(one) ? alsoLost.filter(({ where }) => where === one.where) : []),
    ),
    ...interfaceEvidence(findings, new Set(short.keys())),
    ...longEvidence(measurements.filter(isLong)),
    ...(await fragmentEvidence(context, findings)),
    ...bulk.filter((one) => !isClosed(one)),
  ];
}

const nothingArrives = 'not even a small packet arrives';

const withOthers = (evidence: Evidence, others: readonly Evidence[]): Evidence => ({
  ...evidence,
  seen: [evidence.seen, ...others.map(({ message }) => message)].join('; '),
});

type Group = [Judged, ...Judged[]];

/** The smallest interface along the way, else the hosts between which it fails. */
function limitName(one: Judged): string {
  return one.limit?.where ?? `${one.from.host} ${one.to.host} ${isReachable(one)}`;
}

/** Of a tunnel several interfaces of one host are smaller than what is sent. Who passes on what others send is another matter. */
const limitingNode = (one: Judged): string => `${one.limit?.node ?? limitName(one)} ${isLimitedOnTheWay(one)}`;

interface Followed {
  readonly group: Group;
  /** The direction that stands for the group, and where a packet of it is lost. */
  readonly first: Judged;
  readonly loss: Loss | undefined;
}

async function followGroup(context: CheckContext, group: Group, follow: boolean): Promise<Followed> {
  const known = group.filter(isExact);
  const first =
    known.find(({ shots }) => shots.some(({ ending }) => ending.kind === 'silence')) ?? known[0] ?? group[0];
  const loss = follow ? await followShot(context, first, first.predictedBytes, group.length) : undefined;
  return { group, first, loss };
}

/** What is lost at one place in the same way, from whichever host, is one finding. */
const placeOf = ({ first, loss }: Followed): unknown =>
  first.limit === undefined && loss !== undefined ? `${loss.where} ${loss.words}` : first;

function shortEvidence(alike: readonly Followed[]): Evidence {
  const [{ first, loss }] = alike as readonly [Followed, ...Followed[]];
  const { from, to, limit, predictedBytes } = first;
  const where = limit?.where ?? loss?.where;
  const words = limit === undefined ? `${predictedBytes} bytes do not pass` : limitWords(limit, predictedBytes);
  return {
    message: `${words}: ${sizeWords(first)} from ${from.node} to ${to.node}`,
    ...(where === undefined ? {} : { where }),
    expected: `${predictedBytes} bytes with DF arrive`,
    seen: seenWords(
      alike.flatMap(({ group }) => group),
      first,
      predictedBytes,
      loss,
    ),
  };
}

/** As predicted, and yet no good: who sends what its interface lets it send is never told that it is too large. */
async function swallowedEvidence(context: CheckContext, group: Group, follow: boolean): Promise<Evidence> {
  const [first] = group;
  const { from, to, limit, predictedBytes, sentBytes } = first;
  const loss = follow ? await followShot(context, first, sentBytes, group.length) : undefined;
  const where = loss?.where ?? limit?.where;
  const cause = limit === undefined || limit.where !== where ? '' : `: ${byWords(first)}${limitWords(limit, 0)}`;
  return {
    message: `${from.node} may send ${sentBytes} bytes, of which ${to.node} gets ${predictedBytes}, and nobody tells it${cause}`,
    ...(where === undefined ? {} : { where }),
    expected: `${sentBytes} bytes with DF arrive, or are refused with an MTU of ${predictedBytes}`,
    seen: seenWords(group, first, sentBytes, loss),
  };
}

function sizeWords(measurement: Judged): string {
  if (!isReachable(measurement)) return nothingArrives;
  const [bytes = 0, largest = 0] = [deliveredBytes(measurement), largestBytes(measurement)];
  const slack = largest > bytes ? ` (${largest} with the room for a VLAN tag)` : '';
  return `the largest packet that arrives has ${isExact(measurement) ? '' : 'at least '}${bytes} bytes${slack}`;
}

function seenWords(group: readonly Judged[], { shots }: Judged, sizeBytes: number, loss: Loss | undefined): string {
  const shot = shots.findLast((one) => one.sizeBytes === sizeBytes) ?? shots[0];
  return [
    shot === undefined ? 'nothing was sent' : `${shot.sizeBytes} bytes end in ${endingWords(shot.ending)}`,
    ...(loss === undefined ? [] : [loss.words]),
    directionsWords(group),
  ].join('; ');
}

const byWords = (one: Judged): string => (isLimitedOnTheWay(one) ? `tunnels lead by ${enumerate(one.by)}, and ` : '');

const isLimitedOnTheWay = ({ by, limit }: Judged): boolean => by.includes(limit?.node ?? '');

/** Containers whose own interface has another MTU than predicted, where no lost packet told of it. */
function interfaceEvidence({ interfaces }: Findings, told: ReadonlySet<string>): readonly Evidence[] {
  const wrong = interfaces.filter((one) => one.mtuBytes !== one.plannedBytes && !told.has(placeName(one)));
  const groups = groupBy(wrong, ({ mtuBytes, plannedBytes }) => `${mtuBytes} ${plannedBytes}`);
  return [...groups.values()].map((group) => {
    const { mtuBytes: value, plannedBytes: predictedBytes } = group[0] as InterfaceMtu;
    const places = group.map(placeName);
    const [where = ''] = places;
    return {
      message:
        value === undefined
          ? `${enumerate(places)} is gone`
          : `${enumerate(places)} has MTU ${value} (predicted ${predictedBytes})`,
      where,
      expected: `MTU ${predictedBytes}`,
      seen: value === undefined ? 'no such interface' : `MTU ${value}`,
    };
  });
}

function longEvidence(long: readonly Judged[]): readonly Evidence[] {
  const largest = long.toSorted((a, b) => (largestBytes(b) ?? 0) - (largestBytes(a) ?? 0))[0];
  if (largest === undefined) return [];
  const bytes = largestBytes(largest);
  const { predictedBytes } = largest;
  return [
    {
      message: `larger packets than predicted pass, and nobody is told: ${bytes} bytes from ${largest.from.node} to ${largest.to.node}`,
      expected: `at most ${predictedBytes} bytes arrive`,
      seen: `${bytes} bytes with DF arrive; ${directionsWords(long)}`,
    },
  ];
}

/** Counters tell that a host made fragments; only what is seen on the wire while we send tells that they are ours. */
async function fragmentEvidence(
  { lab, signal }: CheckContext,
  { fragments, measurements }: Findings,
): Promise<readonly Evidence[]> {
  const across = measurements.find((one) => one.from.host !== one.to.host && !isShort(one));
  if (fragments === 0 || across === undefined) return [];
  const { predictedBytes } = across;
  const probes = new DatagramProbes(lab, across.family);
  try {
    const ports = await fragmentingPorts(lab, () => probes.fire(across.from, across.to, predictedBytes), signal);
    return ports.map((where) => ({
      message: `${where} carries IP fragments: ${predictedBytes} bytes pass only because the outer packet is cut`,
      where,
      expected: 'no outer fragment on the wire',
      seen: `fragments while ${directionName(across)} sent ${predictedBytes} bytes with DF`,
    }));
  } finally {
    probes.close();
  }
}

async function bulkEvidence(context: CheckContext, { bulk, measurements }: Findings): Promise<readonly Evidence[]> {
  const stalled = bulk.filter(({ completed }) => !completed);
  const [first] = stalled;
  if (first === undefined) return [];
  const like = measurements.find(({ from, to }) => from.host === first.from.host && to.host === first.to.host);
  const loss =
    like === undefined || like.by.length === 0
      ? await followTransfer(context, first, stalled.length)
      : like.limit && { where: like.limit.where, words: `${byWords(like)}${limitWords(like.limit, 0)}` };
  return [
    {
      message: `a bulk TCP transfer does not complete: ${enumerate(stalled.map(directionName))}`,
      ...(loss?.where === undefined ? {} : { where: loss.where }),
      expected: `${first.bytes} bytes at the receiver`,
      seen: `${first.receivedBytes} bytes from ${first.from.node}; ${first.problem}${loss === undefined ? '' : `; ${loss.words}`}`,
    },
  ];
}
