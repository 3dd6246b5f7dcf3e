/** Results as test cases, for formats that know nothing of promises. A run that is not exit code 0 has a case that is no success. */
import type { ComparedRun, Comparison } from '../result/comparison.js';
import { exitCodeMeaning, exitCodes, isClean, namesWithoutRun } from '../result/exit-code.js';
import type { CheckResult, Evidence, PromiseResult, RunResult } from '../result/result.js';
import { durationOf, obstaclesOf } from './comparison-model.js';
import { atMost } from './text.js';

export type TestStatus = 'passed' | 'failed' | 'error' | 'skipped';

export interface TestCase {
  readonly name: string;
  readonly status: TestStatus;
  /** What netlab calls it: `kept`, `BROKEN`, `not built`. */
  readonly cell: string;
  readonly durationMs: number;
  /** One line; empty for what needs no words. */
  readonly message: string;
  /** Lines: declared, measured, evidence. */
  readonly details: readonly string[];
}

/** The cases of one run, or of one that is missing. */
export interface TestSuite {
  readonly name: string;
  readonly run?: RunResult;
  readonly durationMs: number;
  readonly cases: readonly TestCase[];
}

/** A suite for each run, and one for each run that should be there. */
export function testSuites(comparison: Comparison): readonly TestSuite[] {
  const lost = namesWithoutRun(comparison).map((name): TestSuite => {
    const message = 'there is no result: its shard is missing';
    return { name, durationMs: 0, cases: [{ ...labCase('error', message), cell: 'not measured' }] };
  });
  return [...comparison.runs.map((run) => suiteOf(run, comparison.skipMissing)), ...lost];
}

function suiteOf({ name, result }: ComparedRun, skipMissing: boolean): TestSuite {
  const cases = [caseOfLab(result, skipMissing), ...result.promises.map((one) => caseOfPromise(one, result))];
  return { name, run: result, durationMs: durationOf(result), cases };
}

const labCase = (status: TestStatus, message: string, details: readonly string[] = []): TestCase => ({
  name: 'built, measured to the end, and gone without a trace',
  status,
  cell: status === 'passed' ? 'built' : 'not built',
  durationMs: 0,
  message,
  details,
});

const shownLines = 20;

/** What is no promise: the lab itself. */
function caseOfLab(result: RunResult, skipMissing: boolean): TestCase {
  const obstacles = obstaclesOf(result);
  const told = obstacles.flatMap(({ why, remedy }) => [why, ...(remedy === '' ? [] : [`What to do: ${remedy}`])]);
  const message = obstacles.map(({ why }) => why).join('; ');
  if (result.missing !== undefined) return labCase(skipMissing ? 'skipped' : 'error', message, told);
  if (obstacles.length > 0) return labCase('error', message, told);
  const { leaks, failure, complete, promises } = result;
  if (failure !== undefined) return labCase('error', failure.message, failure.remedy?.split('\n'));
  if (leaks !== null && !isClean(leaks)) {
    const left = atMost(leaks.leftovers, shownLines).map((one) => `left behind: ${one}`);
    const lines = [...left, ...atMost(leaks.machineChanges, shownLines)];
    return labCase('error', 'not gone without a trace', lines);
  }
  if (!complete) return labCase('error', exitCodeMeaning(result.exitCode));
  return promises.every(({ cell }) => cell === 'not applicable')
    ? labCase('error', 'no promise was measured')
    : labCase('passed', '');
}

function caseOfPromise(result: PromiseResult, run: RunResult): TestCase {
  const { promise, checks, cell } = result;
  const status = statusOf(result, run);
  return {
    name: promise,
    status,
    cell,
    durationMs: checks.reduce((sum, { durationMs }) => sum + durationMs, 0),
    message: status === 'passed' ? '' : messageOf(result),
    details: detailsOf(result),
  };
}

/** In the spirit of the exit code: what makes it differ from 0 is a failure or an error. */
function statusOf({ declared, verdict, cell, checks }: PromiseResult, run: RunResult): TestStatus {
  if (verdict === 'error' || checks.some((check) => check.verdict === 'error')) return 'error';
  if (cell === 'BROKEN') return 'failed';
  if (cell === 'not applicable') return 'skipped';
  if (cell !== 'unverified') return 'passed';
  const counts = declared === 'promised' && (run.strict === true || verdict === 'inconclusive');
  return counts && run.exitCode !== exitCodes.interrupted ? 'error' : 'skipped';
}

function messageOf({ cell, checks }: PromiseResult): string {
  const [first] = checks.flatMap(({ evidence }) => evidence);
  const reason = checks.find((check) => check.reason !== undefined)?.reason;
  return `${cell}: ${(cell === 'BROKEN' ? first?.message : reason) ?? checks[0]?.summary ?? 'not measured'}`;
}

/** What was declared and measured, and what was seen, line by line. */
function detailsOf({ declared, why, checks }: PromiseResult): readonly string[] {
  return [`declared: ${declared}: ${why}`, ...checks.flatMap(checkLines)];
}

export function checkLines({ verdict, summary, coverage, reason, remedy, evidence }: CheckResult): readonly string[] {
  return [
    `measured: ${verdict}: ${summary}${coverage === undefined ? '' : ` (${coverage})`}`,
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ...(remedy === undefined ? [] : [`what to do: ${remedy}`]),
    ...evidence.flatMap(evidenceLines),
  ];
}

function evidenceLines({ message, where, expected, seen }: Evidence): readonly string[] {
  const details = Object.entries({ expected, seen, where }).flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${name}: ${text}`],
  );
  return [message, ...details];
}

/** How many cases have a status. */
export const countOf = (cases: readonly TestCase[], status: TestStatus): number =>
  cases.filter((one) => one.status === status).length;
