/** Scenarios side by side, each in a lab of its own. */
import { setMaxListeners } from 'node:events';
import { missingOfEach, type Missing } from '#lab/capabilities.js';
import type { Plan } from '../plan/plan.js';
import type { PromiseName } from '../declaration/promise.js';
import type { ComparedRun, Comparison, Shard } from '../result/comparison.js';
import { comparisonOf } from '../result/comparison-assembly.js';
import type { ComparisonEvent } from '../result/events.js';
import type { RunResult } from '../result/result.js';
import { assembleResult } from '../run/result-assembly.js';
import { runPlan } from '../run/run.js';
import { Turns } from '../run/turns.js';
import { netlabVersion } from '../run/version.js';

/** A column to be measured. */
export interface Entry {
  readonly name: string;
  readonly plan: Plan;
  /** How its scenario was given: see RunResult. */
  readonly given: readonly string[];
}

export interface CompareOptions {
  readonly only?: readonly PromiseName[];
  readonly strict: boolean;
  readonly skipMissing: boolean;
  /** Names of all that is compared; more than the entries when this is a shard. */
  readonly planned: readonly string[];
  readonly shard?: Shard;
  /** Labs that build or measure at once. */
  readonly jobs: number;
  /** Labs that exist at once, those that wait for their protocols included. */
  readonly labs: number;
  readonly stop: AbortSignal;
  readonly kill: AbortSignal;
  readonly emit: (event: ComparisonEvent) => void;
}

/** @returns a run for each entry, in their order, also for those that failed, were stopped or cannot be built here */
export async function compare(entries: readonly Entry[], options: CompareOptions): Promise<Comparison> {
  const startedAt = new Date();
  const startedMs = performance.now();
  // Every lab listens to them.
  setMaxListeners(0, options.stop, options.kill);
  const names = entries.map(({ name, plan }) => ({ name, strategy: plan.strategy.name }));
  options.emit({ type: 'comparison-started', runs: names });
  const runs = await runAll(entries, options);
  const comparison = comparisonOf({
    netlabVersion,
    startedAt: startedAt.toISOString(),
    durationMs: performance.now() - startedMs,
    planned: options.planned,
    ...(options.shard === undefined ? {} : { shard: options.shard }),
    skipMissing: options.skipMissing,
    runs,
  });
  options.emit({ type: 'comparison-ended', comparison });
  return comparison;
}

async function runAll(entries: readonly Entry[], options: CompareOptions): Promise<readonly ComparedRun[]> {
  const lacks = await missingOfEach(entries.map(({ plan }) => required(plan)));
  const waiting = entries.map((entry, index) => ({ entry, index, lack: lacks[index] ?? [] }));
  // Those whose protocols take longest begin, so that their timers run while the others work.
  const order = waiting.toSorted((a, b) => timersOf(b.entry) - timersOf(a.entry));
  const labs = new Turns(options.labs);
  const turns = new Turns(options.jobs);
  const done = await Promise.all(
    order.map(async ({ entry, index, lack }) => {
      const result = await labs.hold(() => runOne(entry, lack, turns, options));
      return { index, run: { name: entry.name, result } };
    }),
  );
  return done.toSorted((a, b) => a.index - b.index).map(({ run }) => run);
}

const timersOf = ({ plan }: Entry): number => plan.convergence?.deadlineMs ?? 0;

const required = ({ requirements }: Plan): Plan['requirements'] =>
  requirements.filter((one) => one.kind !== 'binary' || one.optional !== true);

async function runOne(
  { name, plan, given }: Entry,
  lack: readonly Missing[],
  turns: Turns,
  options: CompareOptions,
): Promise<RunResult> {
  const { only, strict, stop, kill } = options;
  const asked = only === undefined ? [] : ['--only', only.join(',')];
  const emit = (event: ComparisonEvent & { readonly run: string }): void => options.emit(event);
  if (lack.length > 0) {
    const result = await unbuildable({ plan, given, options: asked }, lack, strict);
    emit({ type: 'run-ended', result, run: name });
    return result;
  }
  return await runPlan(plan, {
    given,
    options: asked,
    ...(only === undefined ? {} : { only }),
    strict,
    stop,
    kill,
    turns,
    emit: (event) => emit({ ...event, run: name }),
  });
}

/** The result of a run that could not begin. */
async function unbuildable(
  entry: Pick<Entry, 'plan' | 'given'> & { readonly options: readonly string[] },
  missing: readonly Missing[],
  strict: boolean,
): Promise<RunResult> {
  const { plan } = entry;
  const remedies = [...new Set(missing.map(({ remedy }) => remedy))].filter((remedy) => remedy !== '');
  const what = missing.map(({ requirement }) => requirement).join(', ');
  const message = `strategy ${plan.strategy.name} needs what this machine does not have: ${what}`;
  return await assembleResult({
    ...entry,
    startedAt: new Date(),
    phases: [],
    failure: { message, ...(remedies.length === 0 ? {} : { remedy: remedies.join('\n') }) },
    missing,
    leaks: null,
    interrupted: false,
    strict,
  });
}
