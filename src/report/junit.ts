/** JUnit XML, as Jenkins, GitLab and their like read it: elements and attributes are those of Jenkins' junit-10.xsd. */
import type { Comparison } from '../result/comparison.js';
import { exitSentence } from '../result/exit-sentence.js';
import type { RunResult } from '../result/result.js';
import { countOf, type TestCase, testSuites } from './test-cases.js';

/** A document: a suite for each run, a case for each promise and one for the lab itself. Ends with a newline. */
export function renderJunit(comparison: Comparison): string {
  const suites = testSuites(comparison).map(({ run, ...suite }) => ({
    ...suite,
    startedAt: run?.startedAt ?? comparison.startedAt,
    properties: run === undefined ? {} : propertiesOf(run),
  }));
  return junitDocument(suites, comparison.durationMs);
}

const propertiesOf = (run: RunResult): JunitSuite['properties'] => ({
  netlabVersion: run.netlabVersion,
  strategy: run.strategy,
  kernel: run.environment.kernel,
  privilege: run.environment.privilege,
  planDigest: run.plan.digest,
  exitCode: run.exitCode,
  exitMeaning: exitSentence(run.exitCode, [run]),
});

/** What one suite of a document is made of, whatever was tested. */
export interface JunitSuite {
  readonly name: string;
  readonly durationMs: number;
  readonly cases: readonly TestCase[];
  /** ISO 8601. */
  readonly startedAt: string;
  readonly properties: Readonly<Record<string, string | number>>;
}

export function junitDocument(suites: readonly JunitSuite[], durationMs: number): string {
  const all = suites.flatMap(({ cases }) => cases);
  const head = attributes({
    name: 'netlab',
    tests: all.length,
    failures: countOf(all, 'failed'),
    errors: countOf(all, 'error'),
    time: seconds(durationMs),
  });
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${head}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function suiteLines({ name, durationMs, cases, startedAt, properties }: JunitSuite, id: number): readonly string[] {
  const head = attributes({
    name,
    tests: cases.length,
    failures: countOf(cases, 'failed'),
    errors: countOf(cases, 'error'),
    skipped: countOf(cases, 'skipped'),
    time: seconds(durationMs),
    // Ant's readers allow neither fractions nor a time zone.
    timestamp: startedAt.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
    hostname: 'localhost',
    id,
    package: 'netlab',
  });
  return [
    `  <testsuite${head}>`,
    ...propertyLines(properties),
    ...cases.flatMap((one) => caseLines(one, name)),
    '  </testsuite>',
  ];
}

function propertyLines(properties: JunitSuite['properties']): readonly string[] {
  const lines = Object.entries(properties).map(([name, value]) => `      <property${attributes({ name, value })}/>`);
  return lines.length === 0 ? [] : ['    <properties>', ...lines, '    </properties>'];
}

const elements = { passed: 'system-out', failed: 'failure', error: 'error', skipped: 'skipped' } as const;

function caseLines({ name, status, cell, durationMs, message, details }: TestCase, suite: string): readonly string[] {
  const head = attributes({ name, classname: `netlab.${suite}`, time: seconds(durationMs) });
  const text = escapeXml([cell, ...details].join('\n'));
  const words = status === 'passed' ? '' : attributes({ message, type: cell });
  const body = `<${elements[status]}${words}>${text}</${elements[status]}>`;
  return [`    <testcase${head}>`, `      ${body}`, '    </testcase>'];
}

const seconds = (durationMs: number): string => (durationMs / 1000).toFixed(3);

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 cannot hold, not even as a reference (https://www.w3.org/TR/xml/#charsets), and halves of characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unfit = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu;

function escapeXml(text: string): string {
  return text.replaceAll(unfit, '\ufffd').replaceAll(/[&<>"]/gu, (character) => entities[character] ?? character);
}
