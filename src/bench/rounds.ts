/** The rounds of a benchmark: everything once in each, in an order of its own, until the time is used up. */
import { readProcessorTime, timeBetween } from '#lab/processor-time.js';
import type { SampleReport } from '../measure/sample.js';
import type { BenchEvent } from '../result/bench-events.js';
import type { InstrumentName } from '../result/bench-metrics.js';
import { orderOfRound } from '../statistics/rounds.js';
import type { BenchLab } from './bench-lab.js';
import { isDue } from './forecast.js';
import type { Recording } from './recording.js';
import { type Slot, slotKey } from './schedule.js';

/**
 * How long a TCP transfer takes. Longer ones show the same ratios to the wire and vary hardly less, so the time is better
 * spent on more of them: for the same interval of the goodput's ratio 0.2 s take 2.4 times the time of 0.1 s, and 0.05 s
 * take 2.1 times (host-gw to the wire, 25 to 56 rounds on an idle machine; 1.7 and 1.5 times for what it costs the
 * processors). Eight streams take longer to begin.
 */
const TRANSFER_SECONDS = 0.1;
const TRANSFER_SECONDS_OF_EIGHT = 0.2;

export interface RoundsOptions {
  readonly labs: ReadonlyMap<string, Pick<BenchLab, 'sample'>>;
  readonly groups: ReadonlyArray<readonly Slot[]>;
  readonly recording: Recording;
  readonly seed: number;
  readonly budgetMs: number;
  /** In every so-manieth round what varies little is measured. */
  readonly every: number;
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

/**
 * In the first of so many rounds the first one that can watches the idle machine for all of them, which leaves time for
 * more rounds. It alone has rested (some 2 % of goodput), and who is first is left to chance.
 */
const IDLE_ROUNDS = 4;

/** What all rounds know. */
interface Course extends RoundsOptions {
  readonly idle: { busyShare: number | undefined };
  /** Bits per second that the first sample that could tell reached, by slot. */
  readonly rates: Map<string, number>;
  /** While other labs had their turn. */
  readonly waiting: { ms: number };
  /** Of the budget, in ms: waiting for others is none of it. */
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
  const waiting = { ms: 0 };
  const course: Course = {
    ...options,
    rates: new Map(),
    idle: { busyShare: undefined },
    waiting,
    elapsed: () => performance.now() - startedMs - waiting.ms,
  };
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

const secondsOf = (instrument: InstrumentName): number =>
  instrument === 'tcp-8' ? TRANSFER_SECONDS_OF_EIGHT : TRANSFER_SECONDS;

/** @returns whether it was whole */
async function runRound(course: Course, round: number): Promise<boolean> {
  if (round % IDLE_ROUNDS === 1) course.idle.busyShare = undefined;
  const due = course.groups.filter((group) => isDue(group, round, course.every));
  for (const group of orderOfRound(due, course.seed, round)) {
    if (course.stop.aborted || course.elapsed() >= course.budgetMs) return false;
    const found: Array<readonly [Slot, SampleReport]> = [];
    for (const slot of group) {
      const report = await takeSample(course, slot, round);
      course.idle.busyShare ??= report.idleBusyShare;
      found.push([slot, report]);
    }
    for (const [slot, report] of found)
      if (round > 0) course.recording.add(slot, round, report);
      else course.recording.tell(slot, report.problem);
  }
  return true;
}

async function takeSample(course: Course, slot: Slot, round: number): Promise<SampleReport> {
  const { labs, rates, udpRateBitsPerSecond, stop, emit, budgetMs, elapsed, idle, waiting } = course;
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
      ...(idle.busyShare === undefined ? {} : { idleBusyShare: idle.busyShare }),
      ...(rate === undefined ? {} : { transferBytes: (rate * secondsOf(instrument)) / 8 }),
    },
    stop,
  );
  waiting.ms += report.waitedMs ?? 0;
  if (rate === undefined && report.rateBitsPerSecond !== undefined) rates.set(slotKey(slot), report.rateBitsPerSecond);
  return report;
}
