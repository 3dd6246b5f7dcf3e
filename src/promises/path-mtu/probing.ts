/** Finds the largest packet that gets through each direction unfragmented. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Lab } from '#lab/lab.js';
import type { WindowRoom } from '#lab/turns.js';
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

export interface Measurement extends Direction {
  readonly shots: readonly Shot[];
}

type Guns = ReadonlyMap<Family, DatagramProbes>;

/** Sizes around the prediction, the least that is good, what the sender may send, and what networks have commonly. */
export function candidateSizes(expectation: Expectation, limitBytes: number): readonly number[] {
  const { predictedBytes, leastBytes, sentBytes } = expectation;
  const around = [0, 1, vlanSlackBytes, vlanSlackBytes + 1, 8].map((more) => predictedBytes + more);
  const common = [sentBytes, 1500, 9000].filter((size) => size > predictedBytes + 8 && size <= limitBytes);
  return [...new Set([leastBytes, ...around, ...common])];
}

/** What is sent in a direction. */
export interface Volley {
  readonly sizesOf: (direction: Direction) => readonly number[];
  /** Whether a packet of that size that did not arrive gets a second chance. */
  readonly mayRepeat: (direction: Direction, sizeBytes: number) => boolean;
}

/** Where the neighbour table has room: whatever is sent makes entries, and is sent there. */
export interface Windows {
  inWindow(send: (room: WindowRoom) => Promise<void>): Promise<void>;
  /** As many of the directions to be measured as there is room for. */
  take(room: WindowRoom): readonly Direction[];
}

/** Measures directions at once: a positive control, then every size in one burst. Silence is waited for outside of windows. */
export async function probeSizes(
  lab: Lab,
  windows: Windows,
  volley: Volley,
  signal: AbortSignal,
): Promise<readonly Measurement[]> {
  const guns: Guns = new Map((['ipv4', 'ipv6'] as const).map((family) => [family, new DatagramProbes(lab, family)]));
  const measurements: Array<Direction & { shots: Shot[] }> = [];
  try {
    await windows.inWindow(async (room) => {
      measurements.push(...windows.take(room).map((direction) => ({ ...direction, shots: [] })));
      await control(lab, guns, measurements, signal);
      await burst(guns, measurements.filter(isReachable), volley);
    });
    const shots = measurements.flatMap((measurement) => measurement.shots);
    await patiently(() => !shots.some(isSilent), SECOND_CHANCE_MS, signal);
    const again = measurements.flatMap((measurement) =>
      measurement.shots.filter((shot) => mayStillArrive(shot) && volley.mayRepeat(measurement, shot.sizeBytes)),
    );
    if (again.length > 0)
      await windows.inWindow(async () => {
        for (const shot of again) await gunFor(guns, shot.family).fireAgain(shot);
      });
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
export const hasArrived = ({ ending }: Shot): boolean => ending.kind === 'delivered';

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
