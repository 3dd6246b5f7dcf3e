/** Is this machine quiet enough to measure on? */
import { relativeSpread } from './descriptive.js';

/** Of the same bare cable, measured again and again: beyond this nothing smaller than a tenth can be told. */
export const MOST_WIRE_SPREAD = 0.2;
/** Of the processors' time, taken away by the hypervisor (proc(5), steal). */
export const MOST_STEAL_SHARE = 0.02;

/** Of the processors' time, used by others while nothing was measured. */
export const MOST_BUSY_SHARE = 0.1;

/** What the processors did beside the measurements. */
export interface Disturbance {
  readonly stealShare: number;
  readonly idleBusyShare: number;
}

export interface HostNoise extends Disturbance {
  readonly noisy: boolean;
  /** Why, in words; empty on a quiet machine. */
  readonly reasons: readonly string[];
  /** Robust coefficient of variation of the wire, by metric. */
  readonly wireSpread: Readonly<Record<string, number>>;
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/**
 * @param wire samples of the bare cable, by metric
 * @param titleOf what people call a metric
 */
export function judgeHost(
  wire: ReadonlyMap<string, readonly number[]>,
  disturbance: Disturbance,
  titleOf: (metric: string) => string = (metric) => metric,
): HostNoise {
  const { stealShare, idleBusyShare } = disturbance;
  const spreads = [...wire].map(([metric, values]) => [metric, relativeSpread(values)] as const);
  const wide = spreads.filter(([, spread]) => spread > MOST_WIRE_SPREAD);
  const reasons = [
    ...wide.map(([metric, spread]) => `${titleOf(metric)}: the bare wire varies by ${percent(spread)}`),
    ...(stealShare > MOST_STEAL_SHARE ? [`the hypervisor took ${percent(stealShare)} of the processors' time`] : []),
    ...(idleBusyShare > MOST_BUSY_SHARE
      ? [`others kept the processors ${percent(idleBusyShare)} busy while nothing was measured`]
      : []),
  ];
  return { noisy: reasons.length > 0, reasons, ...disturbance, wireSpread: Object.fromEntries(spreads) };
}
