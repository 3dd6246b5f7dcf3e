/** Command lines that measure the same once more, with the options that it was measured with. */
import type { PromiseName } from '../declaration/promise.js';
import type { BenchResult } from '../result/bench.js';
import { instrumentNames } from '../result/bench-metrics.js';
import type { RunResult } from '../result/result.js';
import { onScenario, shellWord } from './command-name.js';

/** One promise, of the lab where that is still up. */
export function promiseAgain(result: RunResult, promise: PromiseName): string {
  const option = `--only ${promise}${result.strict === true ? ' --strict' : ''}`;
  return result.lab === undefined
    ? onScenario('run', result, option)
    : `netlab verify ${shellWord(result.lab)} ${option}`;
}

/** A benchmark, in an order of its own: without the seed. */
export function benchAgain({ settings, budgetMs, targets }: BenchResult): string {
  const { instruments, pairs, passes, udpRateBitsPerSecond, hosts, containers = null, set = [] } = settings;
  const subjects = targets.flatMap(({ name, role }) => (role === 'subject' ? [name] : []));
  const { scenarios = subjects } = settings;
  const what = instrumentNames.every((one) => instruments.includes(one)) ? 'all' : instruments.join(',');
  const words = [
    ...scenarios.map((name) => (name === '-' ? name : shellWord(name))),
    ...(hosts === null ? [] : ['--hosts', String(hosts)]),
    ...(containers === null ? [] : ['--containers', String(containers)]),
    ...set.flatMap((one) => ['--set', shellWord(one)]),
    `--measure ${what} --mtu ${passes.join(',')}`,
    ...(pairs === 1 ? [] : ['--pairs', String(pairs)]),
    ...(instruments.includes('udp-loss') ? ['--udp-rate', String(udpRateBitsPerSecond)] : []),
    `--budget ${budgetMs % 1000 === 0 ? `${budgetMs / 1000}s` : `${budgetMs}ms`}`,
  ];
  return `netlab bench ${words.join(' ')}${scenarios.includes('-') ? ' < SCENARIO' : ''}`;
}
