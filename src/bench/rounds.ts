/** The rounds of a benchmark: everything once in each, in an order of its own, until the time is used up. */
import { readProcessorTime, timeBetween } from '#lab/processor-time.js';
import type { SampleReport } from '../measure/sample.js';
import type { BenchEvent } from '../result/bench-events.js';
import { orderOfRound } from '../statistics/rounds.js';
import type { BenchLab } from './bench-lab.js';
import type { Recording } from './recording.js';
import { type Slot, slotKey } from './schedule.js';

/**
 * How long a TCP transfer takes: 20 ticks of /proc/stat for each processor. Longer ones show the same ratios to the wire
 * and vary hardly less (goodput by 10.4 % in 0.4 s, by 8.6 % in 1.6 s), so the time is better spent on more of them.
 */
const TRANSFER_SECONDS = 0.2;

export interface RoundsOptions {
  readonly labs: ReadonlyMap<string, Pick<BenchLab, 'sample'>>;
  readonly groups: ReadonlyArray<readonly Slot[]>;
  readonly recording: Recording;
  readonly seed: number;
  readonly budgetMs: number;
  readonly udpRateBitsPerSecond: number;
  readonly stop: AbortSignal;
  readonly emit: (event: BenchEvent) => void;
}

export interface RoundsReport {
  /** Whole ones, the warm-up left out. */
  readonly rounds: number;
  readonly measuringMs: number;
  readonly stealShare: number;
}

/** What is the same in all rounds. */
interface Course extends RoundsOptions {
  /** Bits per second that the first sample that could tell reached, by slot. */
  readonly rates: Map<string, number>;
  readonly elapsed: () => number;
}

/**
 * The first round warms up and is dropped; from it, or from the first sample that can tell, the size of transfers is
 * known. When the time is used up, the round that is under way ends with the group that is: groups are whole, and so
 * comparable.
 */
export async function runRounds(options: RoundsOptions): Promise<RoundsReport> {
  const { emit, budgetMs } = options;
  const startedMs = performance.now();
  const before = readProcessorTime();
  const course: Course = { ...options, rates: new Map(), elapsed: () => performance.now() - startedMs };
  let round = 0;
  while (await runRound(course, round)) {
    emit({ type: 'round-ended', round, elapsedMs: course.elapsed(), budgetMs });
    round += 1;
  }
  const used = timeBetween(before, readProcessorTime());
  return {
    rounds: Math.max(0, round - 1),
    measuringMs: course.elapsed(),
    stealShare: used.allSeconds === 0 ? 0 : used.stolenSeconds / used.allSeconds,
  };
}

/** @returns whether it was whole */
async function runRound(course: Course, round: number): Promise<boolean> {
  for (const group of orderOfRound(course.groups, course.seed, round)) {
    if (course.stop.aborted || course.elapsed() >= course.budgetMs) return false;
    const found: Array<readonly [Slot, SampleReport]> = [];
    // Who is first of the group watches the idle machine for all of it, which leaves time for more rounds. It alone has
    // rested (some 2 % of goodput), and who is first is left to chance.
    let idleBusyShare: number | undefined;
    for (const slot of group) {
      const report = await takeSample(course, slot, { round, idleBusyShare });
      idleBusyShare ??= report.idleBusyShare;
      found.push([slot, report]);
    }
    if (round > 0) for (const [slot, report] of found) course.recording.add(slot, round, report);
  }
  return true;
}

interface Moment {
  readonly round: number;
  /** Undefined until it has been watched. */
  readonly idleBusyShare: number | undefined;
}

async function takeSample(course: Course, slot: Slot, { round, idleBusyShare }: Moment): Promise<SampleReport> {
  const { labs, rates, udpRateBitsPerSecond, stop, emit, budgetMs, elapsed } = course;
  const { target, instrument, pair, mtuBytes } = slot;
  const when = { round, elapsedMs: elapsed(), budgetMs };
  emit({ type: 'sample-started', target: target.name, instrument, pair: pair.name, ...when });
  const lab = labs.get(target.name);
  if (lab === undefined) throw new TypeError(`no lab of ${target.name}`);
  const rate = rates.get(slotKey(slot));
  const report = await lab.sample(
    {
      instrument,
      from: pair.from,
      to: pair.to,
      udpRateBitsPerSecond,
      ...(mtuBytes === undefined ? {} : { mtuBytes }),
      ...(idleBusyShare === undefined ? {} : { idleBusyShare }),
      ...(rate === undefined ? {} : { transferBytes: (rate * TRANSFER_SECONDS) / 8 }),
    },
    stop,
  );
  if (rate === undefined && report.rateBitsPerSecond !== undefined) rates.set(slotKey(slot), report.rateBitsPerSecond);
  return report;
}
