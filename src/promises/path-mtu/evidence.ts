/** Why path-mtu failed: where the first packet that should have passed is cut, by comparison and by following it. */
import type { Lab } from '#lab/lab.js';
import type { Evidence } from '../../result/result.js';
import { placeName } from '../../trace/cable-path.js';
import type { CheckContext } from '../../check/contract.js';
import { DatagramProbes, type Shot } from '../../probes/datagram-probes.js';
import { followTransfer } from '../../trace/follow-transfer.js';
import { observedLink } from '../../probes/observed-link.js';
import { fragmentingPorts } from '../../probes/fragments.js';
import { type Loss, locateLoss } from '../../trace/locate.js';
import { type Direction, directionName } from './directions.js';
import { endingWords, type Findings, isLong, isShort } from './findings.js';
import { isExact, isReachable, largestBytes, type Measurement } from './probing.js';
import { hopsOf, wayBetween } from '../../trace/routed-way.js';
import { counted, enumerate } from '../../check/words.js';

/** Groups of directions for which a packet is followed along its path. */
const FOLLOWED = 4;

/** One entry for each place that is to blame; empty when the promise is kept. */
export async function explain(context: CheckContext, findings: Findings): Promise<readonly Evidence[]> {
  const { measurements, predictedBytes } = findings;
  const short = measurements.filter((one) => isShort(one, predictedBytes));
  const culprits = await groupByCulprit(context.lab, short, predictedBytes);
  const told: Evidence[] = [];
  for (const [where, group] of culprits)
    told.push(await shortEvidence(context, group, where, told.length < FOLLOWED, findings));
  return [
    ...told,
    ...interfaceEvidence(findings, new Set(culprits.keys())),
    ...longEvidence(
      measurements.filter((one) => isLong(one, predictedBytes)),
      predictedBytes,
    ),
    ...(await fragmentEvidence(context, findings)),
    ...(await bulkEvidence(context, findings)),
  ];
}

interface Group {
  /** `h2:eth1 has MTU 1400 (planned 1500)`; absent when no interface along the path is too small. */
  readonly words?: string;
  readonly measurements: readonly [Measurement, ...Measurement[]];
}

/** Directions by the smallest interface along their paths, else by the hosts between which they fail. */
async function groupByCulprit(
  lab: Lab,
  short: readonly Measurement[],
  predictedBytes: number,
): Promise<ReadonlyMap<string, Group>> {
  const groups = new Map<string, Group>();
  for (const measurement of short) {
    const culprit = await smallestLink(lab, measurement, predictedBytes);
    const key = culprit?.where ?? `${measurement.from.host} ${measurement.to.host} ${isReachable(measurement)}`;
    const known = groups.get(key)?.measurements;
    const measurements = known === undefined ? ([measurement] as const) : ([...known, measurement] as const);
    groups.set(key, { ...(culprit === undefined ? {} : { words: culprit.words }), measurements });
  }
  return groups;
}

/** The interface along the way with the smallest MTU, if that is less than planned or than predicted. */
async function smallestLink(
  lab: Lab,
  { from, to, family }: Direction,
  predictedBytes: number,
): Promise<{ readonly where: string; readonly words: string } | undefined> {
  const hops = hopsOf(await wayBetween(lab, from, to, family));
  const links = await Promise.all(hops.map((hop) => observedLink(lab, hop)));
  const small = hops.flatMap((hop, index) => {
    const now = links[index]?.mtuBytes;
    const planned = lab.node(hop.node).state.links.find(({ name }) => name === hop.link)?.mtuBytes ?? predictedBytes;
    return now !== undefined && (now < planned || now < predictedBytes)
      ? [{ where: placeName(hop), now, planned }]
      : [];
  });
  const [smallest] = small.toSorted((a, b) => a.now - b.now);
  if (smallest === undefined) return undefined;
  const { where, now, planned } = smallest;
  return {
    where,
    words: `${where} has MTU ${now} (${now === planned ? `predicted ${predictedBytes}` : `planned ${planned}`})`,
  };
}

async function shortEvidence(
  context: CheckContext,
  { words, measurements }: Group,
  culprit: string,
  follow: boolean,
  { predictedBytes }: Findings,
): Promise<Evidence> {
  const known = measurements.filter(isExact);
  const first =
    known.find(({ shots }) => shots.some(({ ending }) => ending.kind === 'silence')) ?? known[0] ?? measurements[0];
  const loss = follow ? await followShot(context, first, predictedBytes, measurements.length) : undefined;
  const where = words === undefined ? loss?.where : culprit;
  const names = enumerate(measurements.map(directionName));
  return {
    message: `${words ?? `${predictedBytes} bytes do not pass`}: ${sizeWords(first)} from ${first.from.node} to ${first.to.node}`,
    ...(where === undefined ? {} : { where }),
    expected: `${predictedBytes} bytes with DF arrive`,
    seen: [
      seenWords(first, predictedBytes),
      ...(loss === undefined ? [] : [loss.words]),
      `in ${counted(measurements.length, 'direction')}: ${names}`,
    ].join('; '),
  };
}

function sizeWords(measurement: Measurement): string {
  if (!isReachable(measurement)) return 'not even a small packet arrives';
  const atLeast = isExact(measurement) ? '' : 'at least ';
  return `the largest packet that arrives has ${atLeast}${largestBytes(measurement)} bytes`;
}

function seenWords({ shots }: Measurement, predictedBytes: number): string {
  const shot = shots.find(({ sizeBytes }) => sizeBytes === predictedBytes) ?? shots[0];
  return shot === undefined ? 'nothing was sent' : `${shot.sizeBytes} bytes end in ${endingWords(shot.ending)}`;
}

/** Only what was sent can be followed: what the sender's own kernel refused never left it. */
async function followShot(
  { lab, followUps }: CheckContext,
  measurement: Measurement,
  predictedBytes: number,
  losses: number,
): Promise<Loss | undefined> {
  const { from, to, family, shots } = measurement;
  const lost = shots.find(({ sizeBytes }) => sizeBytes === predictedBytes) ?? shots[0];
  if (lost === undefined || lost.ending.kind === 'refused') return undefined;
  const like = `${lost.sizeBytes} bytes from ${from.node} to ${to.node} over ${family}`;
  return await followUps.once(like, losses, async (signal) => await shootAgain(lab, signal, measurement, lost));
}

async function shootAgain(lab: Lab, signal: AbortSignal, { from, to, family }: Direction, lost: Shot): Promise<Loss> {
  const probes = new DatagramProbes(lab, family);
  // The nonce is known only once it was sent: this one is the one that arms the taps.
  const shot: Shot = await probes.fire(from, to, lost.sizeBytes);
  try {
    const resend = () => probes.fireAgain(shot);
    return await locateLoss(
      lab,
      { from, to, family, marks: [{ contains: shot.nonce }], answered: false, resend },
      signal,
    );
  } finally {
    probes.close();
  }
}

/** Containers whose own interface has another MTU than predicted, where no lost packet told of it. */
function interfaceEvidence({ interfaces, predictedBytes }: Findings, told: ReadonlySet<string>): readonly Evidence[] {
  const wrong = interfaces.filter((one) => one.mtuBytes !== predictedBytes && !told.has(placeName(one)));
  const values = [...new Set(wrong.map(({ mtuBytes }) => mtuBytes))];
  return values.map((value) => {
    const places = wrong.filter(({ mtuBytes }) => mtuBytes === value).map(placeName);
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

function longEvidence(long: readonly Measurement[], predictedBytes: number): readonly Evidence[] {
  const largest = long.toSorted((a, b) => (largestBytes(b) ?? 0) - (largestBytes(a) ?? 0))[0];
  if (largest === undefined) return [];
  const bytes = largestBytes(largest);
  return [
    {
      message: `larger packets than predicted pass, and nobody is told: ${bytes} bytes from ${largest.from.node} to ${largest.to.node}`,
      expected: `at most ${predictedBytes} bytes arrive`,
      seen: `${bytes} bytes with DF arrive; in ${counted(long.length, 'direction')}: ${enumerate(long.map(directionName))}`,
    },
  ];
}

/** Counters tell that a host made fragments; only what is seen on the wire while we send tells that they are ours. */
async function fragmentEvidence(
  { lab, signal }: CheckContext,
  { fragments, measurements, predictedBytes }: Findings,
): Promise<readonly Evidence[]> {
  const across = measurements.find((one) => one.from.host !== one.to.host && !isShort(one, predictedBytes));
  if (fragments === 0 || across === undefined) return [];
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

async function bulkEvidence(context: CheckContext, { bulk }: Findings): Promise<readonly Evidence[]> {
  const stalled = bulk.filter(({ completed }) => !completed);
  const [first] = stalled;
  if (first === undefined) return [];
  const loss = await followTransfer(context, first, stalled.length);
  return [
    {
      message: `a bulk TCP transfer does not complete: ${enumerate(stalled.map(directionName))}`,
      ...(loss?.where === undefined ? {} : { where: loss.where }),
      expected: `${first.bytes} bytes at the receiver`,
      seen: `${first.receivedBytes} bytes from ${first.from.node}; ${first.problem}${loss === undefined ? '' : `; ${loss.words}`}`,
    },
  ];
}
