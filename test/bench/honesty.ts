/**
 * npm run bench:honesty -- WHAT COUNT: how far `netlab bench` itself can be trusted. As root, with iperf3 and ping, on a
 * machine that has nothing else to do; BUDGET_SECONDS (60) is how long each benchmark measures.
 *   aa 200        the same network in two labs, until there are so many comparisons: at most 1 % false alarms
 *   planted 20    one of the two labs with a rate limit 10 % below what it can do, so many times: found in 95 %
 *   overhead 900  iperf3 through netlab against two namespaces and a cable made with ip(8), so many rounds: within 2 %
 * Exit code 0 when it holds, 1 when not, 4 when a machine too noisy left nothing to judge.
 */
import { execa } from 'execa';
import { type BenchOptions, runBench } from '#src/bench/bench.js';
import { BenchLab } from '#src/bench/bench-lab.js';
import { type Subject, targetsOf } from '#src/bench/target.js';
import { nodePrefix } from '#src/labs/enter.js';
import type { BenchResult } from '#src/result/bench.js';
import { snapshotMachine } from '#lab/machine.js';
import { medianOf, quantileOf, resampled } from '#src/statistics/descriptive.js';
import { type Random, seededRandom } from '#src/statistics/random.js';
import { planOf, scenarioOf } from '../support/sandboxed-lab.js';

const budgetMs = 1000 * Number(process.env['BUDGET_SECONDS'] ?? 60);
const plan = planOf(scenarioOf({ strategy: 'host-gw', containers: 1, outsiders: 0, ipv6: false }));
const twins: readonly Subject[] = [
  { name: 'host-gw', role: 'baseline', plan },
  { name: 'twin', role: 'subject', plan },
];
const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function bench(seed: number, more: Partial<BenchOptions> = {}): Promise<BenchResult> {
  const never = new AbortController().signal;
  const result = await runBench(twins, {
    instruments: ['tcp-1', 'rtt-idle', 'requests'],
    pairs: 1,
    passes: ['native'],
    udpRateBitsPerSecond: 300e6,
    hosts: null,
    budgetMs,
    seed,
    alpha: 0.002,
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
    const verdicts = (await bench(seed)).comparisons.map(({ verdict }) => verdict);
    seen += verdicts.length;
    judged += verdicts.filter((verdict) => verdict !== 'inconclusive').length;
    alarms += verdicts.filter((verdict) => verdict === 'better' || verdict === 'worse').length;
    say(`${seen} of ${comparisons} comparisons, ${judged} judged, ${alarms} false alarms`);
  }
  console.log(JSON.stringify({ what: 'aa', comparisons: seen, judged, alarms, budgetMs }));
  return alarms > 0.01 * seen ? 1 : judged === 0 ? 4 : 0;
}

/** What TCP carries in a full frame: 1500 bytes less IPv4, TCP and its timestamps, in 1514 that the token bucket counts. */
const GOODPUT_SHARE = (1500 - 20 - 20 - 12) / 1514;

/** How much the network carries just now: the machine itself becomes slower and faster within minutes. */
async function goodputNow(lab: BenchLab): Promise<number> {
  const { signal } = new AbortController();
  const [pair] = lab.target.pairs;
  if (pair === undefined) throw new TypeError(`${lab.target.name} has no pair`);
  const { from, to } = pair;
  const request = { instrument: 'tcp-1', from, to, udpRateBitsPerSecond: 1e6, transferBytes: 1e9 } as const;
  const rates: number[] = [];
  for (let round = 0; round < 5; round += 1)
    rates.push((await lab.sample(request, signal)).rateBitsPerSecond ?? Number.NaN);
  return medianOf(rates);
}

/** A token bucket in the sender that lets nine tenths of the goodput through; 64 KiB super-packets fit into it. */
async function limit(lab: BenchLab): Promise<void> {
  if (lab.target.name !== 'twin') return;
  const { channel, initPid } = lab.place;
  const [program = '', ...prefix] = await nodePrefix(channel, initPid, 'h1c1');
  const rate = `${Math.round((0.9 * (await goodputNow(lab))) / GOODPUT_SHARE)}bit`;
  const bucket = ['tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', 'rate', rate, 'burst', '1mb', 'latency', '20ms'];
  await execa(program, [...prefix, ...bucket]);
}

/** Only what is limited is measured: rounds are short, and there are many. */
const throughput = { instruments: ['tcp-1'] } as const;

async function planted(runs: number): Promise<number> {
  const effects: number[] = [];
  let [found, noisy] = [0, 0];
  for (let seed = 1; seed <= runs; seed += 1) {
    const result = await bench(seed, { ...throughput, prepare: limit });
    const [one] = result.comparisons.filter(({ metric }) => metric === 'tcpGoodput1BitsPerSecond');
    if (one?.verdict === 'worse') found += 1;
    if (result.noise.noisy) noisy += 1;
    effects.push(one?.effect ?? 0);
    say(`run ${seed} of ${runs}: ${one?.verdict} ${one?.effect?.toFixed(3)}; found ${found}, noisy ${noisy}`);
  }
  console.log(JSON.stringify({ what: 'planted', runs, found, noisy, medianEffect: medianOf(effects), budgetMs }));
  if (noisy === runs) return 4;
  return found >= 0.95 * runs ? 0 : 1;
}

/**
 * The wire, as somebody would make it without netlab; it stays up as netlab's does. Reads bytes, answers with
 * iperf3's document. Two terminals would have two sessions, which the scheduler tells apart (sched(7), autogroup).
 */
const byHand = `
ip link set lo up
unshare --net sleep infinity & other=$!
while [ "$(readlink /proc/$other/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
there="nsenter --target $other --net"
ip link add va type veth peer name vb && ip link set vb netns $other
ip addr add 192.0.2.1/30 dev va && ip link set va up
$there ip link set lo up && $there ip addr add 192.0.2.2/30 dev vb && $there ip link set vb up
while read -r bytes; do
  sleep 0.2 # netlab looks for as long at what the idle machine does
  setsid $there iperf3 -4 -s -1 -p 5299 >/dev/null & server=$!
  until $there ss -Hltn sport = 5299 | grep -q .; do :; done
  setsid iperf3 -4 -c 192.0.2.2 -p 5299 -i 0 --json -n $bytes
  wait $server
  echo done
done`;

/** Two namespaces and a cable made with ip(8), and iperf3 in them. Closing the input ends them. */
class HandMade {
  readonly #shell = execa(
    'unshare',
    ['--net', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', byHand],
    {
      env: { LC_ALL: 'C' },
      buffer: false,
    },
  );
  readonly #lines = this.#shell.iterable()[Symbol.asyncIterator]();

  async goodput(bytes: number): Promise<number> {
    this.#shell.stdin.write(`${bytes}\n`);
    let text = '';
    for (let next = await this.#lines.next(); next.value !== 'done'; next = await this.#lines.next()) {
      if (next.done === true) throw new Error('the topology made by hand has ended');
      text += next.value;
    }
    const { end } = JSON.parse(text) as {
      readonly end: { readonly sum_received: { readonly bits_per_second: number } };
    };
    return end.sum_received.bits_per_second;
  }

  close(): void {
    this.#shell.stdin.end();
  }
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
  const lab = await BenchLab.open(wire);
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
  ['planted', planted],
  ['overhead', overhead],
]);
const measure = measures.get(what);
if (measure === undefined || !/^[1-9]\d*$/.test(count)) {
  say('usage: npm run bench:honesty -- aa|planted|overhead COUNT');
  process.exit(2);
}
process.exit(await measure(Number(count)));
