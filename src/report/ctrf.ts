/** Common Test Report Format, https://ctrf.io */
import type { Comparison } from '../result/comparison.js';
import { exitSentence } from '../result/exit-sentence.js';
import { countOf, type TestCase, testSuites } from './test-cases.js';

const statuses = { passed: 'passed', failed: 'failed', error: 'failed', skipped: 'skipped' } as const;

/** A test for each promise of each run, and one for each lab. Ends with a newline. */
export function renderCtrf(comparison: Comparison): string {
  const suites = testSuites(comparison);
  const all = suites.flatMap(({ cases }) => cases);
  const start = Date.parse(comparison.startedAt);
  const results = comparison.runs.map(({ result }) => result);
  const [environment] = results.map((one) => one.environment);
  const document = {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    generatedBy: 'netlab',
    results: {
      tool: { name: 'netlab', version: comparison.netlabVersion },
      summary: {
        tests: all.length,
        passed: countOf(all, 'passed'),
        failed: countOf(all, 'failed') + countOf(all, 'error'),
        skipped: countOf(all, 'skipped'),
        pending: 0,
        other: 0,
        suites: suites.length,
        start,
        stop: start + Math.round(comparison.durationMs),
      },
      tests: suites.flatMap(({ name, cases }) => cases.map((one) => testOf(one, name))),
      ...(environment === undefined ? {} : { environment: { osPlatform: 'linux', osRelease: environment.kernel } }),
      extra: { exitCode: comparison.exitCode, exitMeaning: exitSentence(comparison.exitCode, results) },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function testOf({ name, status, cell, durationMs, message, details }: TestCase, suite: string) {
  return {
    name,
    status: statuses[status],
    duration: Math.round(durationMs),
    suite: [suite],
    rawStatus: cell,
    ...(status === 'passed' ? {} : { message }),
    ...(status === 'failed' || status === 'error' ? { trace: details.join('\n') } : {}),
  };
}
