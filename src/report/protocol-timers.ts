/** How long protocols may take, one after the other, by their own timers: what a run cannot be shorter than when all expire. */
import type { PromiseName } from '../declaration/promise.js';
import type { DesignFacts } from '../result/design.js';
import type { RunResult } from '../result/result.js';
import { formatDuration } from './text.js';

/** A part of the chain: the next one begins when it has ended. */
export interface TimerPart {
  /** `until a lab forwards`, `after the loss of a link` */
  readonly what: string;
  readonly limitMs: number;
  /** Which timers, with their source. */
  readonly why: string;
}

type Loss = keyof NonNullable<DesignFacts['recovery']>;

const losses: Readonly<Record<Loss, { readonly promise: PromiseName; readonly what: string }>> = {
  link: { promise: 'survives-link-loss', what: 'after the loss of a link' },
  host: { promise: 'survives-host-loss', what: 'after the loss of a host' },
  reboot: { promise: 'survives-reboot', what: 'after a reboot' },
};

/**
 * The longest chain of a run: a lab has to forward before anything in it is lost, and what is lost is lost in a lab of its
 * own. Losses that were not measured, or of which nobody promises that they are survived, take no protocol's time.
 */
export function timerChain({ design, promises }: RunResult): readonly TimerPart[] {
  const { convergence, recovery = {} } = design ?? {};
  const isAwaited = (loss: Loss): boolean =>
    promises.some(
      ({ promise, declared, verdict }) =>
        promise === losses[loss].promise &&
        declared === 'promised' &&
        verdict !== 'skip' &&
        verdict !== 'not applicable',
    );
  const longest = (Object.keys(losses) as Loss[])
    .flatMap((loss) => {
      const limit = isAwaited(loss) ? recovery[loss] : undefined;
      return limit === undefined ? [] : [{ what: losses[loss].what, ...limit }];
    })
    .toSorted((a, b) => b.limitMs - a.limitMs)
    .slice(0, 1);
  if (convergence === undefined) return longest;
  return [{ what: 'until a lab forwards', limitMs: convergence.deadlineMs, why: convergence.why }, ...longest];
}

export function chainMs(chain: readonly TimerPart[]): number {
  return chain.reduce((sum, { limitMs }) => sum + limitMs, 0);
}

/** `104.00 s: 50.00 s until a lab forwards, then 54.00 s after the loss of a link`; of one part without the sum. */
export function chainText(chain: readonly TimerPart[], withReasons = false): string {
  const parts = chain.map(
    ({ what, limitMs, why }) => `${formatDuration(limitMs)} ${what}${withReasons ? ` (${why})` : ''}`,
  );
  return `${chain.length > 1 ? `${formatDuration(chainMs(chain))}: ` : ''}${parts.join(', then ')}`;
}
