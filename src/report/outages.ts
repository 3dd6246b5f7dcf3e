/** Outages that checks measured: observations named `outageMs`, and `timeline` of the same flow. */
import type { PromiseName } from '../declaration/promise.js';
import type { ComparedRun } from '../result/comparison.js';
import type { Observation } from '../result/result.js';

/** A stretch of time in which a flow was delivered or was not; milliseconds since the fault. */
export interface Stretch {
  readonly delivered: boolean;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Outage {
  readonly promise: PromiseName;
  /** Whether the strategy promises that flows survive. */
  readonly promised: boolean;
  /** The flow: `h1c1 -> h2c1`; empty when the check names none. */
  readonly subject: string;
  /** Null when it had not come back in the end. */
  readonly outageMs: number | null;
  readonly timeline: readonly Stretch[];
}

/** The outages that a run's checks measured, the longest first. */
export function outagesOf({ result }: ComparedRun): readonly Outage[] {
  const found = result.promises.flatMap(({ promise, declared, checks }) =>
    checks.flatMap(({ observations }) => outagesAmong(promise, declared === 'promised', observations)),
  );
  const length = ({ outageMs }: Outage): number => outageMs ?? Number.POSITIVE_INFINITY;
  return found.toSorted((a, b) => (length(a) === length(b) ? 0 : length(b) - length(a)));
}

function outagesAmong(
  promise: PromiseName,
  promised: boolean,
  observations: readonly Observation[],
): readonly Outage[] {
  return observations.flatMap(({ name, value, subject = '' }): readonly Outage[] => {
    if (name !== 'outageMs' || (typeof value !== 'number' && value !== null)) return [];
    const drawn = observations.find((one) => one.name === 'timeline' && (one.subject ?? '') === subject);
    const told = typeof drawn?.value === 'string' ? parseTimeline(drawn.value) : [];
    return [{ promise, promised, subject, outageMs: value, timeline: told.length > 0 ? told : assumed(value) }];
  });
}

/** `up 0-1200, down 1200-4310, up 4310-9000`, in milliseconds; what is not of that form is left out. */
function parseTimeline(text: string): readonly Stretch[] {
  return Array.from(text.matchAll(/\b(up|down) (\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)/gu), ([, state, from, to]) => ({
    delivered: state === 'up',
    fromMs: Number(from),
    toMs: Number(to),
  }));
}

/** Where only the length is known, it begins with the fault. */
const assumed = (outageMs: number | null): readonly Stretch[] =>
  outageMs === null || outageMs === 0 ? [] : [{ delivered: false, fromMs: 0, toMs: outageMs }];
