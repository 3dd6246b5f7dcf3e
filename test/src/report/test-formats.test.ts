/** JUnit XML by the schema of Jenkins, CTRF by that of ctrf.io, and what both say of a run. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { validate } from 'ctrf';
import { validateXML } from 'xmllint-wasm';
import { asComparison } from '#src/report/comparison-model.js';
import { renderCtrf } from '#src/report/ctrf.js';
import { renderJunit } from '#src/report/junit.js';
import { testSuites } from '#src/report/test-cases.js';
import type { Comparison } from '#src/result/comparison.js';
import { comparison, flat, lacking, leaking as dirty, runsOf, tunnel } from './comparisons.js';
import { broken, interrupted, kept, leaking, promise, run } from './fixtures.js';
import { hostile } from './hostile.js';

/** Jenkins' own. */
const schema = readFileSync(new URL('../../schemas/junit-10.xsd', import.meta.url), 'utf8');

const strict = run([promise('dual-stack', 'promised', { verdict: 'skip', reason: 'no IPv6 here' })], {
  strict: true,
  exitCode: 4,
});

const documents: Readonly<Record<string, Comparison>> = {
  three: comparison(),
  hostile,
  'all kept': comparison({ runs: runsOf(kept, { ...flat, scenario: 'other' }) }),
  'a run of its own': asComparison(broken),
  'a failed build': asComparison(leaking),
  stopped: asComparison(interrupted),
  leaks: asComparison(dirty),
  'nothing measured': asComparison(run([])),
  strict: asComparison(strict),
  inconclusive: comparison({ runs: runsOf({ ...tunnel, promises: tunnel.promises.slice(3), exitCode: 4 }) }),
  skipped: comparison({ runs: runsOf(flat, lacking), skipMissing: true }),
  'a shard is missing': comparison({ runs: runsOf(flat), planned: ['flat', 'other'] }),
  'an empty shard': comparison({ runs: [], planned: ['flat'], shard: { index: 2, total: 2 } }),
};

for (const [name, document] of Object.entries(documents)) {
  test(`${name}: the JUnit XML is valid for Jenkins`, async (t) => {
    const xml = renderJunit(document);
    const { valid, errors } = await validateXML({ xml: { fileName: 'netlab.xml', contents: xml }, schema });
    t.true(valid, errors.map(({ message }) => message).join('\n'));
  });

  test(`${name}: the CTRF is valid, and counts what is there`, (t) => {
    const ctrf = JSON.parse(renderCtrf(document)) as {
      results: { summary: Record<string, number>; tests: unknown[] };
    };
    const { valid, errors } = validate(ctrf);
    t.true(valid, JSON.stringify(errors));
    const { passed = 0, failed = 0, skipped = 0, tests } = ctrf.results.summary;
    t.is(passed + failed + skipped, tests ?? -1);
    t.is(ctrf.results.tests.length, tests ?? -1);
  });

  test(`${name}: something is no success exactly when the exit code is not 0`, (t) => {
    const cases = testSuites(document).flatMap((suite) => suite.cases);
    t.is(
      cases.some(({ status }) => status === 'failed' || status === 'error'),
      document.exitCode !== 0,
    );
  });
}

test('JUnit: a failure has the evidence, an error the remedy, a name its suite', (t) => {
  const xml = renderJunit(comparison());
  t.regex(xml, /<testsuite name="tunnel" tests="6" failures="1" errors="1" skipped="0" time="34\.457"/);
  t.regex(
    xml,
    /<testcase name="path-mtu" classname="netlab\.tunnel" time="0\.012">\s*<failure message="BROKEN: h1c1 sent 1450/,
  );
  t.regex(xml, /where: h2:eth1/);
  t.regex(xml, /<error message="program tincd: no such program" type="not built">[^<]*sudo apt-get install tinc/);
  t.regex(xml, /absent\ndeclared: absent: the host masquerades/, 'what is not promised and not there is a success');
});

test('a document that is broken on purpose is not valid', async (t) => {
  const wrong = renderJunit(comparison()).replace('<testcase name="path-mtu"', '<testcase');
  t.false((await validateXML({ xml: { fileName: 'netlab.xml', contents: wrong }, schema })).valid);
});
