/** What checks return, in the few shapes that there are. */
import type { CheckOutcome, Evidence, Observation } from '../result/result.js';

/** More pieces of evidence than these say nothing new; the rest is counted. */
const mostEvidence = 8;

export interface Measured {
  readonly summary: string;
  readonly coverage?: string;
  readonly observations?: readonly Observation[];
}

export function passed(measured: Measured): CheckOutcome {
  return { verdict: 'pass', observations: [], ...measured, evidence: [] };
}

/** @param evidence the worst first */
export function failed(measured: Measured, evidence: readonly Evidence[]): CheckOutcome {
  return { verdict: 'fail', observations: [], ...measured, evidence: shortened(evidence) };
}

/** Cannot be measured here. */
export function skipped(reason: string, remedy: string, measured: Partial<Measured> = {}): CheckOutcome {
  return { verdict: 'skip', summary: 'not measured', observations: [], ...measured, evidence: [], reason, remedy };
}

/** What the promise is about cannot exist in this cluster. */
export function notApplicable(reason: string): CheckOutcome {
  return { verdict: 'not applicable', summary: `not applicable: ${reason}`, observations: [], evidence: [], reason };
}

/** Measured, and still not known. */
export function inconclusive(
  measured: Measured,
  evidence: readonly Evidence[],
  reason: string,
  remedy: string,
): CheckOutcome {
  return {
    verdict: 'inconclusive',
    observations: [],
    ...measured,
    evidence: shortened(evidence),
    reason,
    remedy,
  };
}

/** The machine's neighbour table was full while this was measured: what was lost then says nothing of the strategy. */
export function overflowed(lost: string, measured: Measured): CheckOutcome {
  return {
    verdict: 'error',
    observations: [],
    ...measured,
    evidence: [],
    reason: `the kernel's neighbour table, which all labs and the machine itself share, overflowed: ${lost}`,
    remedy:
      'Run fewer labs at once, or let the table grow: sysctl -w net.ipv4.neigh.default.gc_thresh3=8192 net.ipv6.neigh.default.gc_thresh3=8192',
  };
}

function shortened(evidence: readonly Evidence[]): readonly Evidence[] {
  const hidden = evidence.length - mostEvidence;
  if (hidden <= 0) return evidence;
  return [...evidence.slice(0, mostEvidence), { message: `and ${hidden} more` }];
}
