/**
 * npm run bench:honesty -- WHAT COUNT: how far `netlab bench` itself can be trusted. As root, with iperf3, ping and nft, on
 * a machine that has nothing else to do; BUDGET_SECONDS (60) is how long each benchmark measures.
 *   aa 200        the same network in two labs, until there are so many comparisons: at most 1 % false alarms
 *   diffs 10      the same two networks, benchmark after benchmark, each compared with the one before as netlab diff does:
 *                 goodput, CPU and round trips are judged in 9 of 10, and at most 1 % of all are false alarms
 *   planted 40    one of the two labs with a firewall that costs it 10 % of its goodput, so many times: found in 95 %,
 *                 each within 60 s (BUDGET_SECONDS=45 leaves time to build)
 *   overhead 900  iperf3 through netlab against two namespaces and a cable made with ip(8), so many rounds: within 2 %
 * Exit code 0 when it holds, 1 when not, 4 when a machine too noisy left nothing to judge.
 */
import { type BenchOptions, runBench } from '#src/bench/bench.js';
import { BenchLab } from '#src/bench/bench-lab.js';
import { type Subject, targetsOf } from '#src/bench/target.js';
import { differenceOf } from '#src/bench/difference.js';
import type { BenchResult } from '#src/result/bench.js';
import { snapshotMachine } from '#lab/machine.js';
import { ALPHA, DEFAULT_UDP_RATE, defaultInstruments } from '#src/cli/bench-options.js';
import { quantileOf, resampled } from '#src/statistics/descriptive.js';
import { type Random, seededRandom } from '#src/statistics/random.js';
import { HandMade } from './hand-made.js';
import { goodputShare, plantFirewall, rulesLeaving } from './slow-down.js';
import { planOf, scenarioOf } from '../support/sandboxed-lab.js';

const budgetMs = 1000 * Number(process.env['BUDGET_SECONDS'] ?? 60);
const planWith = (strategy: 'host-gw' | 'vxlan'): Subject['plan'] =>
  planOf(scenarioOf({ strategy, containers: 1, outsiders: 0, ipv6: false }));
const plan = planWith('host-gw');
const twins: readonly Subject[] = [
  { name: 'host-gw', role: 'baseline', plan },
  { name: 'twin', role: 'subject', plan },
];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function bench(seed: number, more: Partial<BenchOptions> = {}, subjects = twins): Promise<BenchResult> {
  const never = new AbortController().signal;
  const result = await runBench(subjects, {
    instruments: defaultInstruments,
    pairs: 1,
    passes: ['native'],
    optionalPasses: [],
    udpRateBitsPerSecond: DEFAULT_UDP_RATE,
    variation: { scenarios: [], hosts: null, containers: null, set: [] },
    budgetMs,
    seed,
    alpha: ALPHA,
    stop: never,
    kill: never,
    emit: () => undefined,
    ...more,
  });
  if (result.failure !== undefined) throw new Error(result.failure.message);
  for (const reason of result.noise.reasons) say(`noisy: ${reason}`);
  return result;
}

/** @returns the exit code */
async function again(comparisons: number): Promise<number> {
  let [seen, judged, alarms] = [0, 0, 0];
  for (let seed = 1; seen < comparisons; seed += 1) {
    const { comparisons: found } = await bench(seed);
    for (const { metric, verdict, effect, probability } of found)
      if (verdict === 'better' || verdict === 'worse')
        say(`false alarm: seed ${seed}, ${metric} is ${verdict} by ${effect}, p = ${probability}`);
    const verdicts = found.map(({ verdict }) => verdict);
    seen += verdicts.length;
    judged += verdicts.filter((verdict) => verdict !== 'inconclusive').length;
    alarms += verdicts.filter((verdict) => verdict === 'better' || verdict === 'worse').length;
    say(`${seen} of ${comparisons} comparisons, ${judged} judged, ${alarms} false alarms`);
  }
  console.log(JSON.stringify({ what: 'aa', comparisons: seen, judged, alarms, budgetMs }));
  return alarms > 0.01 * seen ? 1 : judged === 0 ? 4 : 0;
}

const twoNetworks: readonly Subject[] = [
  { name: 'host-gw', role: 'baseline', plan },
  { name: 'vxlan', role: 'subject', plan: planWith('vxlan') },
];

async function diffs(count: number): Promise<number> {
  let [seen, judged, alarms] = [0, 0, 0];
  let before = await bench(1, {}, twoNetworks);
  for (let seed = 2; seed <= count + 1; seed += 1) {
    const after = await bench(seed, {}, twoNetworks);
    const { cells } = differenceOf(before, after);
    const told = cells.filter(({ verdict }) => verdict !== 'inconclusive');
    for (const { target, metric, verdict, effect, reason } of cells)
      if (verdict !== 'same') say(`${target} ${metric}: ${verdict}, ${effect?.toFixed(3)} ${reason ?? ''}`);
    seen += cells.length;
    judged += told.length;
    alarms += told.filter(({ verdict }) => verdict !== 'same').length;
    say(
      `diff ${seed - 1} of ${count}: ${told.length} of ${cells.length}; in all ${judged} of ${seen}, ${alarms} false`,
    );
    before = after;
  }
  console.log(JSON.stringify({ what: 'diffs', comparisons: seen, judged, alarms, budgetMs }));
  return alarms > 0.01 * seen || judged < 0.9 * seen ? 1 : 0;
}

/** Only what becomes slower is measured: rounds are short, and there are many. */
const throughput = { instruments: ['tcp-1'] } as const;
const KEPT_SHARE = 0.9;
/** Few rules cost next to nothing: the sender has time to spare. */
const trials = [0, 1_000, 1_500, 2_000, 3_000, 6_000] as const;
const CALIBRATION_MS = 180_000;
/** From the first namespace to the proof that all are gone. */
const MOST_SECONDS = 60;

/** @returns how many rules cost a tenth of the goodput on this machine */
async function calibrate(): Promise<number> {
  const nameOf = (rules: number): string => `${rules}-rules`;
  const subjects = trials.map(
    (rules, index): Subject => ({ name: nameOf(rules), role: index === 0 ? 'baseline' : 'subject', plan }),
  );
  const prepare = async (lab: BenchLab): Promise<void> => {
    const rules = Number.parseInt(lab.target.name, 10);
    if (rules > 0) await plantFirewall(lab, rules);
  };
  const result = await bench(1, { ...throughput, prepare, budgetMs: CALIBRATION_MS }, subjects);
  const measured = trials.map((rules) => [rules, goodputShare(result, nameOf(rules), nameOf(0))] as const);
  for (const [rules, share] of measured) say(`${rules} rules leave ${share.toFixed(3)}`);
  const rules = rulesLeaving(KEPT_SHARE, measured);
  if (rules === null) throw new Error('no firewall costs a tenth of the goodput here');
  say(`planted: ${rules} rules`);
  return rules;
}

/** Found: the benchmark calls the network worse, as which `netlab gate` ends with 1; `slower`: by its goodput already. */
async function planted(runs: number): Promise<number> {
  const rules = await calibrate();
  const effects: number[] = [];
  let [found, slower, noisy, slowestSeconds] = [0, 0, 0, 0];
  for (let seed = 1; seed <= runs; seed += 1) {
    const prepare = async (lab: BenchLab): Promise<void> => {
      if (lab.target.name === 'twin') await plantFirewall(lab, rules);
    };
    const startedMs = performance.now();
    const result = await bench(seed, { ...throughput, prepare });
    const seconds = (performance.now() - startedMs) / 1000;
    slowestSeconds = Math.max(slowestSeconds, seconds);
    const worse = result.comparisons.filter(({ verdict }) => verdict === 'worse').map(({ metric }) => metric);
    const isInTime = seconds <= MOST_SECONDS;
    if (worse.length > 0 && isInTime) found += 1;
    if (worse.includes('tcpGoodput1BitsPerSecond') && isInTime) slower += 1;
    if (result.noise.noisy) noisy += 1;
    for (const { metric, effect } of result.comparisons)
      if (metric === 'tcpGoodput1BitsPerSecond' && effect !== null) effects.push(effect);
    const told = result.comparisons.map(({ metric, verdict, effect, probability }) =>
      [metric, verdict, effect?.toFixed(3), probability?.toExponential(1)].join(' '),
    );
    say(`run ${seed} of ${runs}: ${told.join(', ')}; found ${found}, by goodput ${slower}, noisy ${noisy}`);
  }
  const [most, median, least] = effects.length === 0 ? [] : [0, 0.5, 1].map((share) => quantileOf(effects, share));
  const numbers = { runs, rules, found, slower, noisy, effects: { least, median, most }, slowestSeconds, budgetMs };
  console.log(JSON.stringify({ what: 'planted', ...numbers }));
  if (noisy === runs) return 4;
  return found >= 0.95 * runs ? 0 : 1;
}

/** Overhead may be at most 2 %, and as much on the other side would mean that it is not the same that is measured. */
const bounds = { low: 0.98, high: 1.02 } as const;

/** The geometric mean of what neighbours in time showed, and where it lies with 95 % (bootstrap). */
function meanRatio(ratios: readonly number[], random: Random): { ratio: number; low: number; high: number } {
  const mean = (values: readonly number[]): number =>
    Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
  const means = Array.from({ length: 1_000 }, () => mean(resampled(ratios, random)));
  return { ratio: mean(ratios), low: quantileOf(means, 0.025), high: quantileOf(means, 0.975) };
}

async function overhead(rounds: number): Promise<number> {
  const [wire] = targetsOf(twins, 1);
  if (wire === undefined) throw new TypeError('no wire');
  const before = await snapshotMachine();
  const { signal } = new AbortController();
  const lab = await BenchLab.open(wire, () => undefined);
  const hand = new HandMade();
  const random = seededRandom(1);
  const ratios: number[] = [];
  const bytes = 1e9;
  const throughNetlab = async (): Promise<number> => {
    const [{ from, to }] = wire.pairs as readonly [(typeof wire.pairs)[number]];
    const request = { instrument: 'tcp-1', from, to, udpRateBitsPerSecond: 1e6, transferBytes: bytes } as const;
    return (await lab.sample(request, signal)).rateBitsPerSecond ?? Number.NaN;
  };
  try {
    await lab.build(signal);
    for (let round = 0; round <= rounds; round += 1) {
      // Which of the two is first is left to chance; round 0 warms up.
      const netlabFirst = random() < 0.5;
      const early = netlabFirst ? await throughNetlab() : await hand.goodput(bytes);
      const late = netlabFirst ? await hand.goodput(bytes) : await throughNetlab();
      const ratio = netlabFirst ? early / late : late / early;
      if (round > 0) ratios.push(ratio);
      say(`round ${round} of ${rounds}: ${ratio.toFixed(3)}`);
    }
  } finally {
    hand.close();
    await lab.takeDown(before);
  }
  const { ratio, low, high } = meanRatio(ratios, random);
  console.log(JSON.stringify({ what: 'overhead', rounds, ratio, low, high }));
  if (low >= bounds.low && high <= bounds.high) return 0;
  return high < bounds.low || low > bounds.high ? 1 : 4;
}

const [what = '', count = ''] = process.argv.slice(2);
const measures = new Map([
  ['aa', again],
  ['diffs', diffs],
  ['planted', planted],
  ['overhead', overhead],
]);
const measure = measures.get(what);
if (measure === undefined || !/^[1-9]\d*$/.test(count)) {
  say('usage: npm run bench:honesty -- aa|diffs|planted|overhead COUNT');
  process.exit(2);
}
process.exit(await measure(Number(count)));
