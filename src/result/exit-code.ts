import { type Comparison, namesOfShard } from './comparison.js';
import type { LeakProof, PromiseResult, RunResult } from './result.js';

/** Exit codes of every netlab command. */
export const exitCodes = {
  kept: 0,
  broken: 1,
  usage: 2,
  failed: 3,
  inconclusive: 4,
  /** 128 + SIGINT, as shells have it; the same for every signal that asks netlab to stop. */
  interrupted: 130,
} as const;

const meanings: Readonly<Record<number, string>> = {
  0: 'nothing is broken; under --strict, all that is promised was verified',
  1: 'a promise is broken',
  2: 'wrong usage or scenario',
  3: 'the lab could not be built, something is left of it, or netlab failed',
  4: 'inconclusive, nothing measured or, under --strict, a promise unverified',
  130: 'interrupted: Ctrl-C, SIGTERM or SIGHUP',
};

/** What an exit code of netlab means, whatever was found. */
export function exitCodeMeaning(code: number): string {
  return meanings[code] ?? 'no exit code of netlab';
}

/** What the exit code of a run depends on. */
export interface Outcome {
  readonly promises: readonly Pick<PromiseResult, 'declared' | 'verdict' | 'cell' | 'checks'>[];
  /** Null when the run does not take the lab down (`netlab verify`). */
  readonly leaks: LeakProof | null;
  readonly failure?: RunResult['failure'];
  readonly complete: boolean;
  /** The command line or the scenario is wrong. */
  readonly usageError?: boolean;
  /** The user stopped the run. */
  readonly interrupted?: boolean;
  /** What is promised and unverified counts. */
  readonly strict?: boolean;
}

/** True when nothing is left and the machine's network is as it was. */
export function isClean(leaks: LeakProof): boolean {
  return leaks.verified && leaks.leftovers.length === 0 && leaks.machineChanges.length === 0;
}

const hasError = ({ verdict, checks }: Outcome['promises'][number]): boolean =>
  verdict === 'error' || checks.some((check) => check.verdict === 'error');

const leaked = ({ leaks }: Pick<Outcome, 'leaks'>): boolean => leaks !== null && !isClean(leaks);

const failed = (outcome: Outcome): boolean =>
  leaked(outcome) || outcome.failure !== undefined || !outcome.complete || outcome.promises.some(hasError);

const inconclusive = ({ promises, strict = false }: Outcome): boolean =>
  promises.every(({ cell }) => cell === 'not applicable') ||
  promises.some(
    ({ declared, verdict, cell }) =>
      declared === 'promised' && (verdict === 'inconclusive' || (strict && cell === 'unverified')),
  );

/**
 * The exit code of a run. Where several hold: 2, 3, 1, 4, 0. A run that the user stopped exits with 130, unless
 * something is left of it. A run that measured no promise has shown nothing: 4. Under --strict what is promised has to be
 * verified; what a scenario expects to be silent or absent is settled by that.
 */
export function exitCodeOf(outcome: Outcome): number {
  if (outcome.usageError === true) return exitCodes.usage;
  if (outcome.interrupted === true) return leaked(outcome) ? exitCodes.failed : exitCodes.interrupted;
  if (failed(outcome)) return exitCodes.failed;
  if (outcome.promises.some(({ cell }) => cell === 'BROKEN')) return exitCodes.broken;
  return inconclusive(outcome) ? exitCodes.inconclusive : exitCodes.kept;
}

/** From what matters most to what matters least. */
const precedence: readonly number[] = [exitCodes.usage, exitCodes.failed, exitCodes.broken, exitCodes.inconclusive];

/** What the exit code of a comparison depends on. */
export type ComparisonOutcome = Pick<Comparison, 'planned' | 'runs' | 'shard' | 'skipMissing'>;

/** Names that should be here and are not: their shard is missing. */
export function namesWithoutRun({ planned, shard, runs }: ComparisonOutcome): readonly string[] {
  const there = new Set(runs.map(({ name }) => name));
  const wanted = shard === undefined ? planned : namesOfShard(planned, shard);
  return wanted.filter((name) => !there.has(name));
}

/**
 * The exit code of a comparison, from those of its runs; where several hold: 2, 3, 1, 4, 0. What the machine cannot
 * build is a failure unless it is to be skipped. A shard for which nothing was left has nothing to complain of: 0.
 */
export function comparisonExitCode(outcome: ComparisonOutcome): number {
  const { planned, runs, shard, skipMissing } = outcome;
  if (shard !== undefined && namesOfShard(planned, shard).length === 0) return exitCodes.kept;
  const counted = runs.flatMap(({ result }) => (skipMissing && result.missing !== undefined ? [] : [result]));
  const codes = counted.map(({ exitCode }) => exitCode);
  if (codes.includes(exitCodes.interrupted)) return counted.some(leaked) ? exitCodes.failed : exitCodes.interrupted;
  if (namesWithoutRun(outcome).length > 0) return exitCodes.failed;
  if (codes.length === 0) return exitCodes.inconclusive;
  return precedence.find((code) => codes.includes(code)) ?? exitCodes.kept;
}
