/** Command lines that measure the same once more, with the options that it was measured with. */
import type { PromiseName } from '../declaration/promise.js';
import type { BenchResult } from '../result/bench.js';
import { instrumentNames } from '../result/bench-metrics.js';
import type { RunResult } from '../result/result.js';
import { shellWord } from './command-name.js';
import { onLab, onScenario } from './scenario-again.js';

/** One promise, of the lab where that is still up. */
export function promiseAgain(result: RunResult, promise: PromiseName): string {
  const options = ['--only', promise, ...(result.strict === true ? ['--strict'] : [])];
  return result.lab === undefined ? onScenario('run', result, options) : onLab(result.lab, options);
}

/** Scenarios as they can be given again: those that came through a pipe as files to be saved. */
function scenariosOf({ settings, targets }: BenchResult) {
  const { scenarios = targets.flatMap(({ name, role }) => (role === 'subject' ? [name] : [])) } = settings;
  const piped = scenarios.filter((name) => name === '-').length;
  let saved = 0;
  const names = scenarios.map((name) => {
    if (name !== '-') return name;
    saved += 1;
    return piped === 1 ? 'scenario.yaml' : `scenario-${saved}.yaml`;
  });
  return { names, files: names.filter((_, index) => scenarios[index] === '-') };
}

/** What is to be done before a benchmark can be made again; undefined where nothing is. */
export function saveBeforeBench(result: BenchResult): string | undefined {
  const { files } = scenariosOf(result);
  if (files.length === 0) return undefined;
  const what = files.length === 1 ? 'the scenario, which' : 'the scenarios, in the order in which they';
  return `Save ${what} came through a pipe, as ${files.join(' and ')} first.`;
}

/** A benchmark, in an order of its own: without the seed. */
export function benchAgain(result: BenchResult): string {
  const { settings, budgetMs } = result;
  const { instruments, pairs, passes, udpRateBitsPerSecond, hosts, containers = null, set = [] } = settings;
  const what = instrumentNames.every((one) => instruments.includes(one)) ? 'all' : instruments.join(',');
  const words = [
    ...scenariosOf(result).names.map(shellWord),
    ...(hosts === null ? [] : ['--hosts', String(hosts)]),
    ...(containers === null ? [] : ['--containers', String(containers)]),
    ...set.flatMap((one) => ['--set', shellWord(one)]),
    `--measure ${what} --mtu ${passes.join(',')}`,
    ...(pairs === 1 ? [] : ['--pairs', String(pairs)]),
    ...(instruments.includes('udp-loss') ? ['--udp-rate', String(udpRateBitsPerSecond)] : []),
    `--budget ${budgetMs % 1000 === 0 ? `${budgetMs / 1000}s` : `${budgetMs}ms`}`,
  ];
  return `netlab bench ${words.join(' ')}`;
}
