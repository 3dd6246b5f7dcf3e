/**
 * npm run bench:lab: what a lab costs, as ratios against a minimal netlink program in C (the floor) and against Mininet.
 * All sides do the same work in one run, in interleaved rounds; figures are medians over the rounds. Needs root, Debian's
 * packages mininet, bridge-utils, iputils-ping, gcc and libc6-dev; takes a few minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Bench } from 'tinybench';
import { plainStyle } from '#src/report/style.js';
import { renderTable } from '#src/report/table.js';
import { calm } from './calm.js';
import { compileFloor, floor, mininet, netlab, type Timing } from './sides.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const SIZES = [30, 100, 300];
/** The size at which reachability is compared: 870 ordered pairs. */
const PAIRS_SIZE = 30;
const launcher = new URL('../../netlab', import.meta.url).pathname;

type Series = Map<string, number[]>;

/** One interleaved round through tinybench, which keeps the samples; durations are measured by the sides themselves. */
async function round(sides: ReadonlyArray<readonly [string, () => Promise<Timing>]>, series: Series): Promise<void> {
  const bench = new Bench({ iterations: 1, time: 0, warmup: false, retainSamples: true });
  for (const [name, side] of sides) {
    bench.add(name, async () => {
      const timing = await side();
      for (const [metric, ms] of Object.entries(timing) as Array<[string, number]>)
        push(series, `${name} ${metric}`, ms);
      return { overriddenDuration: timing.upMs };
    });
  }
  await bench.run();
  for (const task of bench.tasks) if (task.result.state === 'errored') throw task.result.error;
}

function push(series: Series, key: string, ms: number): void {
  series.set(key, [...(series.get(key) ?? []), ms]);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Median over rounds of the ratio within each round: the machine's drift between rounds cancels out. */
function ratio(series: Series, over: string, under: string): number {
  const [above = [], below = []] = [series.get(over), series.get(under)];
  return median(above.map((ms, index) => ms / (below[index] ?? Number.NaN)));
}

async function compareSizes(program: string, series: Series): Promise<void> {
  for (let index = 0; index < ROUNDS; index += 1) {
    for (const size of SIZES) {
      const pairs = size === PAIRS_SIZE;
      push(series, 'idle', await calm());
      await round(
        [
          [`floor ${size}`, async () => await floor(program, size)],
          [`netlab ${size}`, async () => await netlab(size, pairs)],
          [`mininet ${size}`, async () => await mininet(size, pairs)],
        ],
        series,
      );
      process.stderr.write(`round ${index + 1} of ${ROUNDS}, ${size} containers\n`);
    }
  }
}

async function wholeRun(series: Series): Promise<void> {
  for (let index = 0; index < ROUNDS; index += 1) {
    const startedMs = performance.now();
    await execa(launcher, ['run', 'bridge-l2', '--json']);
    push(series, 'run', performance.now() - startedMs);
  }
}

const ms = (series: Series, key: string): string => `${median(series.get(key) ?? []).toFixed(0)} ms`;
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const times = (value: number): string => value.toFixed(2);

function report(series: Series): void {
  const head = [
    'containers',
    'floor up',
    'netlab up',
    'Mininet up',
    'netlab / floor',
    'Mininet / netlab',
    'floor down',
    'netlab down',
    'Mininet down',
    'Mininet / netlab',
  ];
  const rows = SIZES.map((n) => [
    `${n}`,
    ms(series, `floor ${n} upMs`),
    ms(series, `netlab ${n} upMs`),
    ms(series, `mininet ${n} upMs`),
    times(ratio(series, `netlab ${n} upMs`, `floor ${n} upMs`)),
    times(ratio(series, `mininet ${n} upMs`, `netlab ${n} upMs`)),
    ms(series, `floor ${n} downMs`),
    ms(series, `netlab ${n} downMs`),
    ms(series, `mininet ${n} downMs`),
    times(ratio(series, `mininet ${n} downMs`, `netlab ${n} downMs`)),
  ]);
  console.log(
    renderTable(
      head.map((header) => ({ header })),
      rows,
      { ...plainStyle, width: 140 },
    ),
  );
  const pairs = ratio(series, `mininet ${PAIRS_SIZE} allPairsMs`, `netlab ${PAIRS_SIZE} allPairsMs`);
  const [own, others] = [`netlab ${PAIRS_SIZE} allPairsMs`, `mininet ${PAIRS_SIZE} allPairsMs`];
  console.log(
    `all pairs of ${PAIRS_SIZE} containers, cold ARP: netlab ${ms(series, own)}, Mininet's pingAll ${ms(series, others)}: ${times(pairs)} times as fast`,
  );
  console.log(`the whole netlab run bridge-l2 (2 hosts, 2 containers each, every check): ${ms(series, 'run')}`);
  const idle = series.get('idle') ?? [];
  console.log(
    `medians over ${ROUNDS} interleaved rounds on ${availableParallelism()} processors, ${percent(median(idle))} idle before a round (at worst ${percent(Math.min(...idle))}); one kernel, relative figures only`,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'netlab-bench-'));
try {
  const series: Series = new Map();
  await compareSizes(await compileFloor(join(folder, 'floor')), series);
  await wholeRun(series);
  report(series);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
