/** What a budget is enough for, told before anything is built. Pure. */
import type { BenchForecast, MtuPass } from '../result/bench.js';
import { type InstrumentName, type MetricName, metricNames, metrics } from '../result/bench-metrics.js';
import { sampleSeconds, spreads } from './habits.js';
import { passesOf, type ScheduleSettings, type Slot, slotGroups } from './schedule.js';
import type { Target } from './target.js';

/** The 95 % interval of two equal benchmarks lies inside of what matters with a probability of 95 %: the z of both. */
const CERTAINTY = 1.96 + 1.64;
/** What needs no more samples than this leaves its time to what does: it is not measured in every round. */
const STEADY_SAMPLES = 30;
const SPARSEST = 3;
/** A transfer of the warm-up, which tells how large the others are to be. */
const WARM_UP_SECONDS = 1.1;
const transfers: readonly InstrumentName[] = ['tcp-1', 'tcp-8'];
/** See throughput.ts and rounds.ts: 0.2 s in every fourth round. */
const IDLE_SECONDS = 0.05;

/** So many samples of two benchmarks tell, on an idle machine, that nothing has changed: the hardest thing to tell. */
export function samplesWanted(metric: MetricName): number {
  const { minimumEffect } = metrics[metric];
  return Math.ceil(2 * ((CERTAINTY * spreads[metric]) / minimumEffect) ** 2);
}

const judgedBy = (instrument: InstrumentName): readonly MetricName[] =>
  metricNames.filter((name) => metrics[name].instrument === instrument && metrics[name].judged);

const isSteady = (instrument: InstrumentName): boolean =>
  judgedBy(instrument).every((metric) => samplesWanted(metric) <= STEADY_SAMPLES);

/** How often what varies little is measured: in each round, or in every second or third. */
interface Course {
  readonly rounds: number;
  readonly every: number;
}

type Groups = ReadonlyArray<readonly Slot[]>;

/** As many rounds as the time allows, and no fewer samples of what is steady than it needs. */
function courseOf(groups: Groups, budgetMs: number): Course {
  const courses = Array.from({ length: SPARSEST }, (_, index) => {
    const every = SPARSEST - index;
    return { every, rounds: roundsIn(groups, budgetMs, every) };
  });
  const sparse = courses.find(({ rounds, every }) => rounds >= every * STEADY_SAMPLES);
  const needed = groups.some(([slot]) => slot !== undefined && !isSteady(slot.instrument));
  return (needed ? sparse : undefined) ?? { every: 1, rounds: roundsIn(groups, budgetMs, 1) };
}

/** Whether a group has its turn. The warm-up, round 0, is everything's. */
export function isDue([slot]: readonly Slot[], round: number, every: number): boolean {
  return round % every === 0 || slot === undefined || !isSteady(slot.instrument);
}

function roundsIn(groups: Groups, budgetMs: number, every: number): number {
  const slots = groups.flat();
  const seconds = slots.map(({ instrument }) => sampleSeconds[instrument] / (isSteady(instrument) ? every : 1));
  const warmUp = slots.map(({ instrument }) =>
    transfers.includes(instrument) ? WARM_UP_SECONDS : sampleSeconds[instrument],
  );
  const idle = slots.some(({ instrument }) => instrument === 'tcp-1') ? IDLE_SECONDS : 0;
  const left = budgetMs / 1000 - sum(warmUp) - idle;
  return Math.max(0, Math.floor(left / (sum(seconds) + idle)));
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

export interface Wish extends ScheduleSettings {
  /** Passes that are left out where the budget is not enough to judge all of it. */
  readonly optionalPasses: readonly MtuPass[];
  readonly budgetMs: number;
}

export interface Agenda extends Course {
  readonly passes: readonly MtuPass[];
  readonly groups: Groups;
  readonly forecast: BenchForecast;
}

/** What is measured of what was wished for, how often, and what that is enough for. */
export function agendaOf(targets: readonly Target[], wish: Wish): Agenda {
  const { instruments, budgetMs, optionalPasses } = wish;
  const possible = passesOf(targets, wish.passes);
  const all = slotGroups(targets, { instruments, passes: possible });
  const isEnough = (ms: number): boolean =>
    metricsOf(all, courseOf(all, ms)).every(({ samples, wanted }) => samples >= wanted);
  const passes = isEnough(budgetMs) ? possible : possible.filter((pass) => !optionalPasses.includes(pass));
  const groups = slotGroups(targets, { instruments, passes });
  const course = courseOf(groups, budgetMs);
  const leftOut = possible.filter((pass) => !passes.includes(pass));
  const forecast = {
    rounds: course.rounds,
    metrics: metricsOf(groups, course),
    leftOut,
    enoughMs: leastBudget(isEnough),
  };
  return { ...course, passes, groups, forecast };
}

const BUDGET_STEP_MS = 5_000;
const LONGEST_BUDGET_MS = 3_600_000;

/** The shortest that is enough for all that was wished for; null beyond an hour. */
function leastBudget(isEnough: (budgetMs: number) => boolean): number | null {
  for (let ms = BUDGET_STEP_MS; ms <= LONGEST_BUDGET_MS; ms += BUDGET_STEP_MS) if (isEnough(ms)) return ms;
  return null;
}

function metricsOf(groups: Groups, { rounds, every }: Course): BenchForecast['metrics'] {
  const instruments = [...new Set(groups.flatMap(([slot]) => slot?.instrument ?? []))];
  return instruments.flatMap((instrument) => {
    const samples = isSteady(instrument) ? Math.floor(rounds / every) : rounds;
    return judgedBy(instrument).map((metric) => ({ metric, samples, wanted: samplesWanted(metric) }));
  });
}
