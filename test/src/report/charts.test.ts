import { renderBench, renderDifference } from '#src/report/bench-terminal.js';
import { formatEffect, formatMetric, formatToWire } from '#src/report/bench-text.js';
import { renderBenchPage } from '#src/report/charts/bench-page.js';
import { ratioChart } from '#src/report/charts/ratio-chart.js';
import { renderTrendPage } from '#src/report/charts/trend-page.js';
import { plainStyle } from '#src/report/style.js';
import { differenceOf } from '#src/bench/difference.js';
import { historyLine, parseHistory } from '#src/result/bench-history.js';
import type { BenchResult } from '#src/result/bench.js';
import { instrumentNames } from '#src/result/bench-metrics.js';
import test from 'ava';
import { madeBench } from '../bench/results.js';

const goodput = 'tcpGoodput1BitsPerSecond';
const result = madeBench({ instruments: instrumentNames, rounds: 9 });

const withoutScript = (page: string): string => page.replace(/<script>[^]*<\/script>/, '');

/** Elements that are opened and closed, each in the other. */
function nesting(markup: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', , self] of withoutScript(markup)
    .replace('<!doctype html>', '')
    .matchAll(/<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>/g)) {
    if (['meta'].includes(name) || self === '/') continue;
    if (slash === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

test('a page of charts: every chart that the issue asks for, one script with its digest, nothing from elsewhere', (t) => {
  const page = renderBenchPage(result);
  for (const title of ['TCP goodput relative', 'CPU per gigabyte', 'Round trips, idle', 'over time', 'over MTU'])
    t.true(page.includes(title), title);
  t.true(page.split('<svg').length > 7);
  t.is(page.split('<script').length, 2);
  t.regex(page, /style-src &#39;sha256-[^&]+&#39;; script-src &#39;sha256-[^&]+&#39;/);
  t.notRegex(withoutScript(page), /javascript:|\son[a-z]+=|NaN|undefined|Infinity/);
  t.deepEqual(
    [...page.matchAll(/https?:[^"' ]+/g)].map(([url]) => url).filter((url) => !url.includes('w3.org')),
    [],
  );
  t.deepEqual(nesting(page), []);
  t.true(page.split('One kernel, relative figures only.').length > 5);
  t.is(renderBenchPage(result), page, 'the same figures give the same page');
});

test('what a benchmark comes to stands before its charts', (t) => {
  const page = renderBenchPage(madeBench());
  const verdict =
    /<b>vxlan<\/b> against host-gw: <span class="badge worse">worse<\/span> [^<]*TCP goodput, 1 stream \(-2\d\.\d %\)/.exec(
      page,
    );
  t.true(verdict !== null && verdict.index < page.indexOf('<svg'), page.slice(0, 6000));
});

test('names are text, whatever is in them', (t) => {
  const hostile = '<img src=x onerror=alert(1)>"&\u001b[31m';
  const text = JSON.stringify(result).replaceAll('"vxlan"', JSON.stringify(hostile));
  const named = JSON.parse(text) as BenchResult;
  const page = renderBenchPage(named);
  t.notRegex(page, /<img|\u001b/);
  t.deepEqual(nesting(page), []);
  t.notRegex(renderBench(named, plainStyle), /\u001b/);
});

test('a page without rounds, and with one', (t) => {
  for (const rounds of [0, 1]) {
    const page = renderBenchPage(madeBench({ rounds, instruments: instrumentNames }));
    t.notRegex(withoutScript(page), /NaN|undefined|Infinity/);
    t.deepEqual(nesting(page), []);
  }
});

test('ratios far apart are all told: a logarithmic axis', (t) => {
  const drawn = (vxlan: number) => ratioChart(madeBench({ vxlan }), [goodput])?.text ?? '';
  t.regex(drawn(0.7), />wire = 1</);
  t.regex(drawn(0.01), />wire = 1, logarithmic</);
});

test('ratios stand on one scale with the wire and within their row', (t) => {
  const chart = ratioChart(result, [goodput, 'tcpGoodput8BitsPerSecond'])?.text ?? '';
  const places = [...chart.matchAll(/ c?x[12]?="([\d.-]+)%"/g)].map(([, place]) => Number(place));
  t.true(places.length > 40 && places.every((place) => place >= 0 && place <= 100), places.join(' '));
  t.is(new Set([...chart.matchAll(/class="reference" x1="([^"]*)"/g)].map(([, place]) => place)).size, 1);
  t.regex(chart, /vxlan <span class="note">1 stream, MTU 1450<[^]*?0\.70 ×<\/td>/);
});

test('a trend: a chart for each metric, also of one benchmark', (t) => {
  const lines = [1, 2, 3].map((seed) => historyLine(madeBench({ seed, rounds: 5 })));
  for (const some of [lines, lines.slice(0, 1)]) {
    const page = renderTrendPage(parseHistory(some.join(''), 'h'));
    t.notRegex(withoutScript(page), /NaN|undefined|Infinity/);
    t.deepEqual(nesting(page), []);
    t.true(page.includes('CPU per gigabyte'));
  }
});

test('the terminal: ratios with intervals, verdicts, the note under every table', (t) => {
  const text = renderBench(madeBench(), { ...plainStyle, width: 120 });
  t.regex(text, /TCP goodput, 1 stream +(?:9\.\d\d|10\.\d) Gbit\/s +0\.9\d? \(0\.\d+ to 0\.\d+\) +0\.70 \(/);
  t.regex(text, /vxlan +h1 -> h2 +TCP goodput, 1 stream +-2\d\.\d % \(.*\) +worse/);
  const tables = text.split(/={20,}\n.*to the wire|={20,}\n.*network /).length - 1;
  t.is(text.split('One kernel, relative figures only.').length - 1, tables);
  t.regex(renderBench(madeBench({ rounds: 2 }), plainStyle), /about\s+11\s+more/);
  const difference = renderDifference(differenceOf(madeBench(), madeBench({ vxlan: 0.5, seed: 2 })), plainStyle);
  t.regex(difference, /worse/);
  t.regex(difference, /One kernel, relative figures only\./);
});

test('figures as people read them', (t) => {
  t.is(formatMetric('tcpGoodput1BitsPerSecond', 1.5934e10), '15.9 Gbit/s');
  t.is(formatMetric('udpLosslessBitsPerSecond', 4.5e8), '450 Mbit/s');
  t.is(formatMetric('rttIdleP50Ms', 0.0043), '4.30 µs');
  t.is(formatMetric('rttIdleP50Ms', 12), '12.0 ms');
  t.is(formatMetric('udpLossShare', 0.005), '0.50 %');
  t.is(formatToWire('tcpGoodput1BitsPerSecond', 0.812, { low: 0.79, high: 0.83 }), '0.81 (0.79 to 0.83)');
  t.is(formatToWire('udpLossShare', 0.02, { low: 0.02, high: 0.02 }), '+2.00 %');
  t.is(formatEffect('tcpGoodput1BitsPerSecond', -0.4444), '-44.4 %');
  t.is(formatEffect('tcpGoodput1BitsPerSecond', 0.1), '+10.0 %');
});
