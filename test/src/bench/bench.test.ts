import { differenceOf } from '#src/bench/difference.js';
import { slotGroups, slotKey } from '#src/bench/schedule.js';
import type { BenchDifference } from '#src/result/bench-difference.js';
import { benchDifferenceJsonSchema, benchJsonSchema } from '#src/result/bench-schema.js';
import { renderDifference } from '#src/report/bench-terminal.js';
import { historyLine, parseHistory } from '#src/result/bench-history.js';
import { instrumentNames } from '#src/result/bench-metrics.js';
import { StoredResultError } from '#src/result/stored.js';
import { parseBench } from '#src/result/stored-bench.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { madeBench, twoTargets } from './results.js';

test('a round measures everything once, in groups of what is compared', (t) => {
  const targets = twoTargets(6, 3);
  const groups = slotGroups(targets, { instruments: ['tcp-1', 'rtt-idle'], passes: ['native', 'equal'] });
  // Six ordered pairs; the MTU does not matter for round trips of small packets.
  t.is(groups.length, 6 * 2 + 6);
  for (const group of groups)
    t.deepEqual(
      group.map(({ target }) => target.name),
      ['wire', 'host-gw', 'vxlan'],
    );
  const keys = groups.flat().map(slotKey);
  t.is(new Set(keys).size, keys.length);
  t.deepEqual(
    groups.slice(0, 6).map((group) => group[1]?.pair.name),
    ['h1 -> h2', 'h2 -> h1', 'h1 -> h3', 'h3 -> h1', 'h2 -> h3', 'h3 -> h2'],
  );
  const equal = groups.flat().filter(({ pass }) => pass === 'equal');
  t.deepEqual([...new Set(equal.map(({ mtuBytes }) => mtuBytes))], [1450]);
});

test('ratios to the wire, their intervals, and what they say against host-gw', (t) => {
  const { cells, comparisons, noise } = madeBench();
  t.false(noise.noisy);
  const goodput = cells.find(({ target, metric }) => target === 'vxlan' && metric === 'tcpGoodput1BitsPerSecond');
  t.true(Math.abs((goodput?.toWire?.median ?? 0) - 0.7) < 0.02);
  t.is(goodput?.samples.length, 20);
  const verdicts = comparisons.map(({ metric, verdict }) => `${metric} ${verdict}`);
  t.deepEqual(
    [...new Set(verdicts)].toSorted((a, b) => (a < b ? -1 : 1)),
    ['cpuSecondsPerGigabyte worse', 'rttIdleP50Ms worse', 'rttIdleP99Ms worse', 'tcpGoodput1BitsPerSecond worse'],
  );
  for (const { verdict } of madeBench({ vxlan: 0.9 }).comparisons) t.is(verdict, 'same');
  const loss = madeBench({ instruments: ['udp-loss'] }).comparisons;
  t.true(
    loss.every(({ verdict, effect }) => verdict === 'worse' && effect === 0.05),
    'a difference, where the base is 0',
  );
});

test('what varies in the bare cable alone hides no difference between two networks', (t) => {
  const { comparisons, noise } = madeBench({ vxlan: 0.83, wireDeviation: 0.15 });
  t.false(noise.noisy);
  for (const { metric, verdict } of comparisons) if (metric !== 'rttIdleP99Ms') t.is(verdict, 'worse', metric);
});

test('what drifts in all networks alike hides nothing: rounds are compared within themselves', (t) => {
  // Twice as fast in the end as in the beginning, as code that is still being compiled.
  const { comparisons } = madeBench({ vxlan: 0.83, drift: 1, rounds: 30, instruments: ['requests'] });
  for (const { verdict, effect } of comparisons) {
    t.is(verdict, 'worse');
    t.true(Math.abs((effect ?? 0) - (0.83 / 0.9 - 1)) < 0.01);
  }
  for (const { verdict } of madeBench({ vxlan: 0.9, drift: 1, rounds: 30, instruments: ['requests'] }).comparisons)
    t.is(verdict, 'same');
});

test('a wire that varies by more than a fifth is no veto for what is known well all the same', (t) => {
  const noisy = madeBench({ vxlan: 0.7, wireDeviation: 0.6, rounds: 30 });
  t.true(noisy.noise.noisy);
  for (const { metric, verdict } of noisy.comparisons) t.is(verdict, 'worse', metric);
  const wide = madeBench({ vxlan: 0.7, deviation: 0.6, rounds: 30 });
  for (const { metric, verdict, reason } of wide.comparisons.filter((one) => one.metric !== 'rttIdleP99Ms')) {
    t.is(verdict, 'inconclusive', metric);
    t.regex(reason ?? '', /the bare wire varies by \d+ %, and this is not known well enough/);
  }
});

test('what cannot be told is told to be unknown, never an empty cell', (t) => {
  const before = madeBench();
  const text = renderDifference(differenceOf(before, { ...before, cells: [] }), {
    color: false,
    unicode: false,
    width: 200,
  });
  const rows = text.split('\n').filter((line) => /^(host-gw|vxlan) /.test(line));
  t.true(rows.length > 0);
  for (const row of rows) t.regex(row, / unknown +INCONCLUSIVE: nothing was measured/);
});

test('too few rounds, and a busy machine: no verdict', (t) => {
  for (const one of madeBench({ rounds: 4 }).comparisons)
    t.like(one, { verdict: 'inconclusive', reason: '4 of at least 13 rounds', moreRounds: 9 });
  const busy = madeBench({ idleBusyShare: 0.6 });
  t.true(busy.noise.noisy);
  for (const one of busy.comparisons) t.like(one, { verdict: 'inconclusive', reason: 'the machine is too noisy' });
});

test('a gate: worse is 1, the same is 0, what cannot be told is 4', (t) => {
  const before = madeBench({ seed: 1, rounds: 30 });
  t.is(differenceOf(before, madeBench({ seed: 2, rounds: 30 })).exitCode, 0);
  const slower = differenceOf(before, madeBench({ seed: 3, rounds: 30, vxlan: 0.6 }));
  t.is(slower.exitCode, 1);
  const worse = slower.cells.filter(({ verdict }) => verdict === 'worse');
  t.true(worse.length > 0 && worse.every(({ target }) => target === 'vxlan'));
  t.is(differenceOf(before, madeBench({ seed: 4, rounds: 30, vxlan: 0.8 })).exitCode, 0, 'better is no reason to stop');
  t.is(differenceOf(before, madeBench({ seed: 5, rounds: 3 })).exitCode, 4);
  const missing = differenceOf(before, { ...before, cells: [] });
  t.is(missing.exitCode, 4);
  t.true(missing.cells.every(({ after }) => after === null));
  const noisy = madeBench({ seed: 6, rounds: 30, idleBusyShare: 0.5 });
  t.is(differenceOf(noisy, before).cells[0]?.reason, 'of the first: the machine is too noisy');
});

test('two machines are told apart', (t) => {
  const before = madeBench();
  const after = { ...madeBench({ name: 'another one' }), environment: { ...before.environment, kernel: '6.1.0' } };
  t.deepEqual(differenceOf(before, after).caveats, [
    'kernel: 6.18.0, now 6.1.0',
    'processor: a processor, now another one',
  ]);
  const digest = before.targets.map((target) => (target.name === 'vxlan' ? { ...target, digest: 'x' } : target));
  t.deepEqual(differenceOf(before, { ...before, targets: digest }).caveats, ['vxlan: its plan is not the same']);
});

test('10 gates: no false alarm by chance or by the 6 % that two benchmarks of one network lie apart; 15 % slower is found', (t) => {
  const gates = Array.from({ length: 10 }, (_, index) => {
    const made = { deviation: 0.06, rounds: 20 };
    const before = madeBench({ ...made, seed: 2 * index });
    return [
      differenceOf(before, madeBench({ ...made, seed: 2 * index + 1 })),
      differenceOf(
        madeBench({ ...made, deviation: 0.02, seed: 2 * index }),
        madeBench({ ...made, deviation: 0.02, seed: 2 * index + 1, vxlan: 0.7 * 0.94 }),
      ),
      differenceOf(before, madeBench({ ...made, seed: 2 * index + 1, vxlan: 0.7 * 0.85 })),
    ] as const;
  });
  const hasAlarm = ({ cells }: BenchDifference) => cells.some(({ verdict }) => /better|worse/.test(verdict));
  t.is(gates.filter(([same, apart]) => hasAlarm(same) || hasAlarm(apart)).length, 0);
  const missed = gates.filter(([, , slower]) => slower.exitCode !== 1);
  t.is(missed.length, 0);
});

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } });

test('documents are valid by their published schemas, and read back as they were', (t) => {
  const result = madeBench({ instruments: instrumentNames, rounds: 3 });
  const [bench, difference] = [ajv.compile(benchJsonSchema()), ajv.compile(benchDifferenceJsonSchema())];
  t.true(bench(result), ajv.errorsText(bench.errors));
  t.false(bench({ ...result, note: 'absolute' }));
  t.true(difference(differenceOf(result, result)), ajv.errorsText(difference.errors));
  t.deepEqual(parseBench(JSON.stringify(result), 'x.json'), JSON.parse(JSON.stringify(result)));
  const newer = JSON.stringify({ ...result, schemaVersion: 2 });
  t.throws(() => parseBench(newer, 'x.json'), { instanceOf: StoredResultError, message: /newer netlab/ });
  t.throws(() => parseBench('[]', 'x.json'), { message: /x\.json: not a benchmark/ });
  const wrong = JSON.stringify({ ...result, rounds: 'many' });
  t.throws(() => parseBench(wrong, 'x.json'), { message: /rounds: / });
});

test('a history: a line for each benchmark; a line that is none is named', (t) => {
  const lines = [madeBench({ rounds: 3 }), madeBench({ rounds: 3, seed: 2 })].map(historyLine);
  for (const line of lines) t.is(line.split('\n').length, 2);
  const entries = parseHistory(lines.join(''), 'h.jsonl');
  t.deepEqual(
    entries.map(({ seed }) => seed),
    [1, 2],
  );
  t.true(entries[0]?.cells.every(({ target, low, high }) => target !== 'wire' && low <= high));
  t.throws(() => parseHistory(`${lines[0]}{"kind":"x"}\n`, 'h.jsonl'), { message: /^h\.jsonl:2: / });
  t.throws(() => parseHistory('no', 'h.jsonl'), { message: /^h\.jsonl:1: / });
});
