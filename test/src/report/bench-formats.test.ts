/** Benchmarks as a CI reads them: JUnit XML by the schema of Jenkins, Markdown. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { validateXML } from 'xmllint-wasm';
import { differenceOf } from '#src/bench/difference.js';
import { benchFormats, differenceFormats, renderBenchFile, renderDifferenceFile } from '#src/report/bench-formats.js';
import { renderBench } from '#src/report/bench-terminal.js';
import { plainStyle } from '#src/report/style.js';
import { madeBench } from '../bench/results.js';

const schema = readFileSync(new URL('../../schemas/junit-10.xsd', import.meta.url), 'utf8');
const failed = { ...madeBench({ rounds: 2 }), exitCode: 3, failure: { message: 'no <iperf3>', remedy: 'get | it' } };
const benches = { judged: madeBench(), few: { ...madeBench({ rounds: 2 }), exitCode: 4 }, failed };
const before = madeBench({ rounds: 30 });
const differences = {
  same: differenceOf(before, madeBench({ rounds: 30, seed: 2 })),
  slower: differenceOf(before, madeBench({ rounds: 30, seed: 3, vxlan: 0.6 })),
  few: differenceOf(before, madeBench({ rounds: 2 })),
  nothing: differenceOf({ ...before, cells: [] }, before),
};

const isFailing = (xml: string): boolean => /<(?:failure|error) /.test(xml);

test('JUnit is valid for Jenkins, and something is no success exactly when the exit code is not 0', async (t) => {
  const xmls = [
    ...Object.entries(benches).map(
      async ([name, one]) => [name, one.exitCode, await renderBenchFile('junit', one)] as const,
    ),
    ...Object.entries(differences).map(
      async ([name, one]) => [`difference ${name}`, one.exitCode, await renderDifferenceFile('junit', one)] as const,
    ),
  ];
  for (const [name, exitCode, contents] of await Promise.all(xmls)) {
    const { valid, errors } = await validateXML({ xml: { fileName: 'bench.xml', contents }, schema });
    t.true(valid, `${name}: ${errors.map(({ message }) => message).join('\n')}`);
    t.is(isFailing(contents), exitCode !== 0, name);
  }
  const slower = await renderDifferenceFile('junit', differences.slower);
  t.regex(
    slower,
    /<testcase name="vxlan, h1 -&gt; h2: TCP goodput, 1 stream"[^>]*>\s*<failure message="worse: -1\d\.\d % \(/,
  );
  const judged = await renderBenchFile('junit', benches.judged);
  t.regex(judged, /<testcase name="vxlan, h1 -&gt; h2, one MTU: CPU per gigabyte"[^>]*>\s*<system-out>worse/);
});

test('Markdown: the verdicts on top, every ratio, what is not known said, names without markup', async (t) => {
  const text = await renderBenchFile('markdown', benches.judged);
  t.regex(text, /^## netlab bench: 6 worse\n/);
  t.regex(text, /### Against host-gw\n\n\| network \| where \| what \| differs by \| verdict \|/);
  t.regex(text, /\| vxlan \| h1 -&gt; h2 \| 1450 \| TCP goodput, 1 stream \| 0\.\d\d \(0\.\d\d to 0\.\d\d\) \|/);
  t.regex(await renderBenchFile('markdown', benches.failed), /\*\*no &lt;iperf3&gt;\*\*/);
  const difference = await renderDifferenceFile('markdown', differences.slower);
  t.regex(difference, /\| \*\*worse\*\* \|/);
  const missing = await renderDifferenceFile('markdown', differenceOf(before, { ...before, cells: [] }));
  t.regex(missing, /\| unknown \| INCONCLUSIVE: nothing was measured/);
  t.notRegex(missing, /\| {2}\|/);
});

test('every format that is offered can be had', async (t) => {
  for (const format of benchFormats) t.regex(await renderBenchFile(format, benches.judged), /\n$/);
  for (const format of differenceFormats) t.regex(await renderDifferenceFile(format, differences.nothing), /\n$/);
});

test('a benchmark that was stopped before its first round has no tables of what was not measured', (t) => {
  const stopped = { ...madeBench({ rounds: 0 }), complete: false, rounds: 0, exitCode: 130 };
  const text = renderBench(stopped, plainStyle);
  t.notRegex(text, /INCONCLUSIVE|to the wire|nothing was measured/);
  t.regex(text, /cut short: figures are of the rounds that were whole\n$/);
});
