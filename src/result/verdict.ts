import type { Verdict } from './result.js';

/**
 * From the least to the most telling. A pass never hides anything, nor does what cannot exist; a fail is a finding that no other trouble takes back;
 * netlab's own error says more than "could not be reproduced", and that more than "cannot be measured here".
 */
export const verdictOrder = [
  'pass',
  'not applicable',
  'skip',
  'inconclusive',
  'error',
  'fail',
] as const satisfies readonly Verdict[];

/** Neither found nor ruled out: what reports list as unverified, with its reason. */
export const isUntold = ({ verdict }: { readonly verdict: Verdict }): boolean =>
  verdict === 'skip' || verdict === 'error' || verdict === 'inconclusive';

/** The verdict of several checks together: the most telling one. Without any check nothing was measured: `skip`. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  const rank = Math.max(...verdicts.map((verdict) => verdictOrder.indexOf(verdict)));
  return verdictOrder[rank] ?? 'skip';
}
