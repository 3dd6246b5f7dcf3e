/**
 * A slow-down of known size: a firewall so long that a network loses a given share of its goodput. It burns processor time
 * for each packet that leaves TCP (of up to 64 KiB with segmentation offload), so that its share drifts less with the
 * machine's speed than that of a rate limit, which costs nothing on a machine that has become slower by as much.
 */
import { execa } from 'execa';
import type { BenchLab } from '#src/bench/bench-lab.js';
import { nodePrefix } from '#src/labs/enter.js';
import type { BenchResult } from '#src/result/bench.js';
import { childEnvironment } from '#lab/machine/child-environment.js';

/** Rules that no packet matches, in the node that sends. */
export async function plantFirewall(lab: BenchLab, rules: number): Promise<void> {
  const [pair] = lab.target.pairs;
  if (pair === undefined) throw new TypeError(`${lab.target.name} has no pair`);
  const { channel, initPid } = lab.place;
  const [program = '', ...prefix] = await nodePrefix(channel, initPid, pair.from.node);
  const input = [
    'add table ip firewall',
    'add chain ip firewall output { type filter hook output priority 0; }',
    ...Array.from({ length: rules }, () => 'add rule ip firewall output ip ttl 1 drop'),
    '',
  ].join('\n');
  await execa(program, [...prefix, 'nft', '-f', '-'], { input, env: childEnvironment(), extendEnv: false });
}

/** TCP goodput as a share of the baseline's: the geometric mean over rounds, in each of which the two are neighbours. */
export function goodputShare({ cells }: BenchResult, target: string, baseline: string): number {
  const samplesOf = (name: string): ReadonlyMap<number, number> => {
    const cell = cells.find((one) => one.target === name && one.metric === 'tcpGoodput1BitsPerSecond');
    return new Map(cell?.samples.map(({ round, value }) => [round, value]));
  };
  const base = samplesOf(baseline);
  const logs = [...samplesOf(target)].flatMap(([round, value]) => {
    const other = base.get(round);
    return other === undefined ? [] : [Math.log(value / other)];
  });
  if (logs.length === 0) throw new Error(`${target} and ${baseline} were never measured in the same round`);
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

/**
 * @param measured number of rules and what share of its goodput a network kept with them, in the order of their number
 * @returns how many leave `share`; null when all leave more, or the first one no more
 */
export function rulesLeaving(share: number, measured: ReadonlyArray<readonly [number, number]>): number | null {
  const enough = measured.findIndex(([, kept]) => kept <= share);
  const [more, fewer] = [measured[enough], measured[enough - 1]];
  if (more === undefined || fewer === undefined) return null;
  const part = (fewer[1] - share) / (fewer[1] - more[1]);
  return Math.round(fewer[0] + part * (more[0] - fewer[0]));
}
