import type { Verdict } from './result.js';

/**
 * From the least to the most telling. A pass never hides anything; a fail is a finding that no other trouble takes back;
 * netlab's own error says more than "could not be reproduced", and that more than "cannot be measured here".
 */
export const verdictOrder = ['pass', 'skip', 'inconclusive', 'error', 'fail'] as const satisfies readonly Verdict[];

/** The verdict of several checks together: the most telling one. Without any check nothing was measured: `skip`. */
export function mergeVerdicts(verdicts: readonly Verdict[]): Verdict {
  const rank = Math.max(...verdicts.map((verdict) => verdictOrder.indexOf(verdict)));
  return verdictOrder[rank] ?? 'skip';
}
