/** Benchmarks as JUnit XML: a case for each judgement, and one for the labs themselves. */
import type { BenchComparison, BenchResult } from '../result/bench.js';
import type { BenchDifference, DifferenceCell } from '../result/bench-difference.js';
import { metrics } from '../result/bench-metrics.js';
import { exitCodeMeaning, exitCodes } from '../result/exit-code.js';
import { formatEffectRange, gateSentence, moreRoundsText, whereText } from './bench-text.js';
import { junitDocument, type JunitSuite } from './junit.js';
import type { TestCase, TestStatus } from './test-cases.js';

/**
 * A benchmark describes: that a network is worse than another one is no failure, and what could not be judged is skipped.
 * What makes the exit code differ from 0 is an error of the first case.
 */
export function renderBenchJunit(result: BenchResult): string {
  const { startedAt, measuringMs, netlabVersion, environment, rounds, seed, exitCode } = result;
  const suite: JunitSuite = {
    name: 'bench',
    durationMs: measuringMs,
    startedAt,
    properties: { netlabVersion, kernel: environment.kernel, rounds, seed, exitCode },
    cases: [caseOfLabs(result), ...result.comparisons.map((one) => caseOf(one, benchStatus))],
  };
  return junitDocument([suite], measuringMs);
}

/** What is worse has failed; what could not be judged is an error, as netlab gate ends with 4 for it. */
export function renderDifferenceJunit({ before, after, caveats, cells, exitCode }: BenchDifference): string {
  const { netlabVersion, kernel, startedAt } = after;
  const cases = cells.map((one) => caseOf(one, differenceStatus));
  const nothing: TestCase = { ...labs, status: 'error', cell: 'not compared', message: 'there is nothing to compare' };
  const suite: JunitSuite = {
    name: 'bench-difference',
    durationMs: 0,
    startedAt,
    properties: {
      netlabVersion,
      kernel,
      before: before.startedAt,
      caveats: caveats.join('; '),
      exitCode,
      exitMeaning: gateSentence(cells),
    },
    cases: cases.length === 0 ? [nothing] : cases,
  };
  return junitDocument([suite], 0);
}

type Verdict = BenchComparison['verdict'];
const benchStatus: Readonly<Record<Verdict, TestStatus>> = {
  better: 'passed',
  same: 'passed',
  worse: 'passed',
  inconclusive: 'skipped',
};
const differenceStatus: Readonly<Record<Verdict, TestStatus>> = {
  better: 'passed',
  same: 'passed',
  worse: 'failed',
  inconclusive: 'error',
};

const labs: TestCase = {
  name: 'built, measured to the end, and gone without a trace',
  status: 'passed',
  cell: 'measured',
  durationMs: 0,
  message: '',
  details: [],
};

function caseOfLabs({ exitCode, failure, noise }: BenchResult): TestCase {
  if (exitCode === exitCodes.kept) return { ...labs, details: noise.reasons };
  const why = failure?.message ?? (noise.reasons.join('; ') || reasonOf(exitCode));
  return { ...labs, status: 'error', cell: 'not measured', message: why, details: failure?.remedy?.split('\n') ?? [] };
}

/** Of a benchmark 4 says something else than of a run. */
const reasonOf = (exitCode: number): string =>
  exitCode === exitCodes.inconclusive ? 'too few rounds, or nothing could be judged' : exitCodeMeaning(exitCode);

function caseOf(one: BenchComparison | DifferenceCell, statuses: Readonly<Record<Verdict, TestStatus>>): TestCase {
  const { target, metric, verdict, effect, interval, reason, moreRounds } = one;
  const differs = `${verdict}: ${formatEffectRange(metric, effect, interval)}`;
  const against =
    'against' in one ? [`against ${one.against}`] : ['against the first benchmark, as ratios to the wire'];
  const more = moreRoundsText(moreRounds);
  return {
    name: `${target}, ${whereText(one)}: ${metrics[metric].title}`,
    status: statuses[verdict],
    cell: verdict,
    durationMs: 0,
    message: reason === undefined ? differs : `${differs}; ${reason}`,
    details: [differs, ...against, ...(reason === undefined ? [] : [reason]), ...(more === '' ? [] : [more])],
  };
}
