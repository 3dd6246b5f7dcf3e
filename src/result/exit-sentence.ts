/** What an exit code says of what was found: no more than that. */
import { exitCodeMeaning, exitCodes } from './exit-code.js';
import type { PromiseResult, RunResult } from './result.js';
import { isSelection, measuredPromises } from './selection.js';

type Judged = Pick<RunResult, 'promises' | 'strict'>;

const promises = (count: number): string => `${count} promise${count === 1 ? '' : 's'}`;

function tallyOf(runs: readonly Judged[]) {
  const promised = runs.flatMap((run) => run.promises.filter(({ declared }) => declared === 'promised'));
  const having = (wanted: (one: PromiseResult) => boolean): number => promised.filter(wanted).length;
  return {
    measured: runs.flatMap((run) => run.promises.filter(({ cell }) => cell !== 'not applicable')).length,
    kept: having(({ cell }) => cell === 'kept'),
    unverified: having(({ cell }) => cell === 'unverified'),
    inconclusive: having(({ verdict }) => verdict === 'inconclusive'),
  };
}

/** Of several runs the number would be one of cells. */
function keptSentence(kept: number, runs: readonly Judged[]): string {
  if (!runs.some(isSelection)) return 'all promises kept';
  if (runs.length > 1) return 'all promises that were measured are kept';
  return `${measuredPromises(kept)} ${kept === 1 ? 'is' : 'are'} kept`;
}

/** @param runs one, or all of a comparison */
export function exitSentence(exitCode: number, runs: readonly Judged[]): string {
  const { measured, kept, unverified, inconclusive } = tallyOf(runs);
  if (exitCode === exitCodes.kept) {
    if (unverified > 0) return `nothing is broken, ${promises(unverified)} unverified`;
    return kept > 0 ? keptSentence(kept, runs) : 'nothing is broken';
  }
  if (exitCode !== exitCodes.inconclusive) return exitCodeMeaning(exitCode);
  if (measured === 0) return 'no promise was measured';
  if (!runs.some(({ strict }) => strict === true) && inconclusive > 0)
    return `nothing is broken, ${promises(inconclusive)} inconclusive`;
  return unverified === 0
    ? exitCodeMeaning(exitCode)
    : `nothing is broken, ${promises(unverified)} unverified, which counts under --strict`;
}
