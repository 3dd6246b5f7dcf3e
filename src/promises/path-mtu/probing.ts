/** Finds the largest packet that gets through each direction unfragmented. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lab } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import { DatagramProbes, type Shot } from '../../probes/datagram-probes.js';
import { addressIn } from '../../probes/endpoint-choice.js';
import type { Direction } from './directions.js';
import type { Expectation } from './expectation.js';
import { patiently } from '../../probes/patience.js';

/** veth and bridge let the length of a VLAN tag more through than their MTU (is_skb_forwardable, net/core/dev.c). */
export const vlanSlackBytes = 4;
/** Small enough for any link: the positive control. */
export const controlBytes = 128;

const CONTROL_MS = 150;
const CONTROL_TRIES = 4;
/** After this long in silence a packet counts as lost: a lab's packets take less than 1 ms. */
const SILENCE_MS = 150;
const SECOND_CHANCE_MS = 50;
/** Receivers must be read now and then, or their buffers overflow. */
const DIRECTIONS_PER_TURN = 4;
const SIZES_PER_ROUND = 32;
const MOST_ROUNDS = 4;

export interface Measurement extends Direction {
  readonly shots: readonly Shot[];
}

type Guns = ReadonlyMap<Family, DatagramProbes>;

/** Sizes around the prediction, what the sender may send, and what networks have commonly. */
export function candidateSizes({ predictedBytes, sentBytes }: Expectation, limitBytes: number): readonly number[] {
  const around = [0, 1, vlanSlackBytes, vlanSlackBytes + 1, 8].map((more) => predictedBytes + more);
  const common = [sentBytes, 1500, 9000].filter((size) => size > predictedBytes + 8 && size <= limitBytes);
  return [...new Set([...around, ...common])];
}

/** What is sent in a direction. */
export interface Volley {
  readonly sizesOf: (direction: Direction) => readonly number[];
  /** Whether a packet of that size that did not arrive gets a second chance. */
  readonly mayRepeat: (direction: Direction, sizeBytes: number) => boolean;
}

/**
 * Measures directions at once: a positive control, then every size in one burst.
 * @param inWindow calls `probe`, the part that makes neighbour entries, with the directions
 */
export async function probeSizes(
  lab: Lab,
  volley: Volley,
  signal: AbortSignal,
  inWindow: (probe: (directions: readonly Direction[]) => Promise<void>) => Promise<void>,
): Promise<readonly Measurement[]> {
  const guns: Guns = new Map((['ipv4', 'ipv6'] as const).map((family) => [family, new DatagramProbes(lab, family)]));
  const measurements: Array<Direction & { shots: Shot[] }> = [];
  try {
    await inWindow(async (directions) => {
      measurements.push(...directions.map((direction) => ({ ...direction, shots: [] })));
      await control(lab, guns, measurements, signal);
      await burst(guns, measurements.filter(isReachable), volley);
    });
    const shots = measurements.flatMap((measurement) => measurement.shots);
    await patiently(() => !shots.some(isSilent), SECOND_CHANCE_MS, signal);
    for (const measurement of measurements)
      for (const shot of measurement.shots)
        if (mayStillArrive(shot) && volley.mayRepeat(measurement, shot.sizeBytes))
          await gunFor(guns, shot.family).fireAgain(shot);
    await patiently(() => !shots.some(isSilent), SILENCE_MS - SECOND_CHANCE_MS, signal);
    return measurements;
  } finally {
    for (const gun of guns.values()) gun.close();
    await forget(lab, measurements);
  }
}

function gunFor(guns: Guns, family: Family): DatagramProbes {
  return guns.get(family) as DatagramProbes;
}

const isSilent = ({ ending }: Shot): boolean => ending.kind === 'silence';
/** A kernel short of room for a moment refuses with other words than EMSGSIZE. */
const mayStillArrive = (shot: Shot): boolean =>
  isSilent(shot) || (shot.ending.kind === 'refused' && shot.ending.code !== 'EMSGSIZE');
const hasArrived = ({ ending }: Shot): boolean => ending.kind === 'delivered';

export function isReachable({ shots }: Pick<Measurement, 'shots'>): boolean {
  return shots.some(({ sizeBytes, ending }) => sizeBytes === controlBytes && ending.kind === 'delivered');
}

async function control(
  lab: Lab,
  guns: Guns,
  measurements: ReadonlyArray<Direction & { shots: Shot[] }>,
  signal: AbortSignal,
): Promise<void> {
  const shots = await Promise.all(
    measurements.map(({ from, to, family }) => gunFor(guns, family).fire(from, to, controlBytes)),
  );
  measurements.forEach((measurement, index) => measurement.shots.push(shots[index] as Shot));
  for (let tries = 1; tries <= CONTROL_TRIES; tries += 1) {
    if (await patiently(() => shots.every(hasArrived), CONTROL_MS, signal)) return;
    if (tries === CONTROL_TRIES) return;
    const lost = shots.filter((shot) => !hasArrived(shot));
    // A node that has asked for a MAC address in vain would ask again only after 1 s (RETRANS_TIME, net/ipv4/arp.c).
    await forget(lab, lost);
    await Promise.all(lost.map((shot) => gunFor(guns, shot.family).fireAgain(shot)));
  }
}

async function burst(
  guns: Guns,
  measurements: ReadonlyArray<Direction & { shots: Shot[] }>,
  { sizesOf }: Volley,
): Promise<void> {
  for (const [index, measurement] of measurements.entries()) {
    const { from, to, family, shots } = measurement;
    for (const size of sizesOf(measurement)) shots.push(await gunFor(guns, family).fire(from, to, size));
    if (index % DIRECTIONS_PER_TURN === 0) await nextTurn();
  }
}

/** What the probing made the containers learn; probe endpoints forget when they go. */
async function forget(lab: Lab, directions: ReadonlyArray<Pick<Direction, 'from' | 'to' | 'family'>>): Promise<void> {
  const learned = new Map<string, Set<string>>();
  for (const { from, to, family } of directions) {
    const addresses = learned.get(from.node) ?? new Set<string>();
    learned.set(from.node, addresses.add(addressIn(to, family)));
  }
  const forgotten = [...learned].map(
    async ([node, addresses]) => await lab.nodes.get(node)?.forgetNeighbours([...addresses]),
  );
  await Promise.all(forgotten);
}

/** The largest size that arrived; undefined when not even the control did. */
export function largestBytes({ shots }: Pick<Measurement, 'shots'>): number | undefined {
  const arrived = shots.filter(hasArrived).map(({ sizeBytes }) => sizeBytes);
  return arrived.length === 0 ? undefined : Math.max(...arrived);
}

/**
 * Whether the largest size is known to the byte, or nothing arrives at all. Of many directions that end below the
 * prediction only some are narrowed down; of the others no more is known than that the positive control arrived.
 */
export function isExact(measurement: Measurement): boolean {
  const largest = largestBytes(measurement);
  return largest === undefined || measurement.shots.some(({ sizeBytes }) => sizeBytes === largest + 1);
}

/**
 * Narrows the largest size down to the byte, by a search with many sizes per round.
 * @param limitBytes nothing larger is tried
 */
export async function refine(
  lab: Lab,
  measurements: readonly Measurement[],
  limitBytes: number,
  signal: AbortSignal,
): Promise<readonly Measurement[]> {
  let open = measurements.map((measurement) => ({ ...measurement, ...bounds(measurement, limitBytes) }));
  for (let round = 1; round <= MOST_ROUNDS && open.some(({ low, high }) => high - low > 1); round += 1) {
    const shots = open.map(({ low, high, ...measurement }) => ({ measurement, sizes: between(low, high) }));
    const more = await Promise.all(
      shots.map(({ measurement, sizes }) =>
        // A size that is lost by chance would be taken for the limit.
        probeSizes(lab, { sizesOf: () => sizes, mayRepeat: () => true }, signal, (probe) => probe([measurement])),
      ),
    );
    open = open.map((measurement, index) => {
      const combined = { ...measurement, shots: [...measurement.shots, ...(more[index]?.[0]?.shots ?? [])] };
      return { ...combined, ...bounds(combined, limitBytes) };
    });
  }
  return open;
}

/** The largest size that arrived, and the smallest larger one that did not. */
function bounds(measurement: Measurement, limitBytes: number): { readonly low: number; readonly high: number } {
  const low = largestBytes(measurement);
  if (low === undefined) return { low: 0, high: 1 };
  const lost = measurement.shots
    .filter((shot) => !hasArrived(shot) && shot.sizeBytes > low)
    .map(({ sizeBytes }) => sizeBytes);
  return { low, high: Math.min(limitBytes + 1, ...lost) };
}

function between(low: number, high: number): readonly number[] {
  const count = Math.min(SIZES_PER_ROUND, high - low - 1);
  const sizes = Array.from(
    { length: count },
    (_, index) => low + Math.round(((index + 1) * (high - low)) / (count + 1)),
  );
  return [...new Set(sizes)].filter((size) => size > low && size < high);
}
