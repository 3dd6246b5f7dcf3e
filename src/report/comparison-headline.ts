import type { Comparison } from '../result/comparison.js';
import { exitCodes, isClean, namesWithoutRun } from '../result/exit-code.js';
import type { Cell, RunResult } from '../result/result.js';
import { isSelection, measuredPromises } from '../result/selection.js';
import { wasBuilt } from './comparison-model.js';
import { count } from './text.js';

const having = ({ promises }: RunResult, cell: Cell): readonly string[] =>
  promises.filter((one) => one.cell === cell).map(({ promise }) => promise);

const havingPromised = ({ promises }: RunResult, cell: Cell): readonly unknown[] =>
  promises.filter((one) => one.declared === 'promised' && one.cell === cell);

/** `tunnel (path-mtu, no-nat)` */
function brokenRuns({ runs }: Comparison): readonly string[] {
  return runs.flatMap(({ name, result }) => {
    const promises = having(result, 'BROKEN');
    return promises.length === 0 ? [] : [`${name} (${promises.join(', ')})`];
  });
}

/** What a comparison comes to, in one sentence. */
export function comparisonHeadline(comparison: Comparison): string {
  const { exitCode, runs } = comparison;
  const named = (wanted: (result: RunResult) => boolean): readonly string[] =>
    runs.filter(({ result }) => wanted(result)).map(({ name }) => name);
  switch (exitCode) {
    case exitCodes.kept:
      return keptHeadline(comparison);
    case exitCodes.broken: {
      const [only] = runs;
      if (runs.length === 1 && only !== undefined)
        return `${only.name} breaks ${having(only.result, 'BROKEN').join(', ')}`;
      const broken = brokenRuns(comparison);
      return `${broken.length} of ${runs.length} ${broken.length === 1 ? 'breaks' : 'break'} a promise: ${broken.join('; ')}`;
    }
    case exitCodes.inconclusive:
      return runs.length === 0
        ? 'nothing was measured'
        : `not everything could be told: ${named((result) => result.exitCode === exitCodes.inconclusive).join(', ')}`;
    case exitCodes.interrupted:
      return `stopped; measured to the end: ${named(({ complete }) => complete).join(', ') || 'none'}`;
    default:
      return failedHeadline(comparison, named);
  }
}

function keptHeadline({ runs, shard, skipMissing }: Comparison): string {
  if (runs.length === 0 && shard !== undefined) return 'nothing is left for this shard';
  const skipped = skipMissing ? runs.filter(({ result }) => result.missing !== undefined).length : 0;
  const untold = runs.reduce((sum, { result }) => sum + having(result, 'unverified').length, 0);
  const parts = [
    keptWords(runs.filter(({ result }) => !skipMissing || result.missing === undefined)),
    ...(skipped === 0 ? [] : [`${skipped} cannot be built here`]),
    ...(untold === 0 ? [] : [`${count(untold, 'cell')} unverified`]),
  ];
  return parts.join('; ');
}

/** @param built without those that are skipped */
function keptWords(built: Comparison['runs']): string {
  const isAll = built.every(({ result }) => havingPromised(result, 'unverified').length === 0);
  const isPart = built.some(({ result }) => isSelection(result));
  const [only, ...others] = built;
  if (only !== undefined && others.length === 0)
    return `${only.name} ${isAll ? keptBy(only.result) : 'breaks nothing'}`;
  if (!isAll) return `none of ${count(built.length, 'run')} breaks a promise`;
  return `all ${count(built.length, 'run')} keep ${isPart ? 'the promises that were measured' : 'what they promise'}`;
}

function keptBy(result: RunResult): string {
  const { length } = havingPromised(result, 'kept');
  if (!isSelection(result)) return 'keeps what it promises';
  return length === 0 ? 'promises nothing of what was measured' : `keeps ${measuredPromises(length)}`;
}

function failedHeadline(
  comparison: Comparison,
  named: (wanted: (result: RunResult) => boolean) => readonly string[],
): string {
  const lost = namesWithoutRun(comparison);
  const groups: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['without a result, because a shard is missing', lost],
    ['not built', named((result) => !wasBuilt(result))],
    ['not gone without a trace', named(({ leaks }) => leaks !== null && !isClean(leaks))],
    ['netlab failed to measure', named(({ promises }) => promises.some(({ verdict }) => verdict === 'error'))],
    ['broken', brokenRuns(comparison)],
  ];
  const told = groups.flatMap(([what, names]) => (names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]));
  return told.join('; ') || `failed: ${named(({ exitCode }) => exitCode === exitCodes.failed).join(', ')}`;
}
