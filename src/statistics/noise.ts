/** Is this machine quiet enough to measure on? */
import { relativeSpread } from './descriptive.js';

/** Of the same bare cable, measured again and again: beyond this nothing smaller than a tenth can be told. */
export const MOST_WIRE_SPREAD = 0.2;
/** Of the processors' time, taken away by the hypervisor (proc(5), steal). */
export const MOST_STEAL_SHARE = 0.02;

export interface HostNoise {
  readonly noisy: boolean;
  /** Why, in words; empty on a quiet machine. */
  readonly reasons: readonly string[];
  readonly stealShare: number;
  /** Robust coefficient of variation of the wire, by metric. */
  readonly wireSpread: Readonly<Record<string, number>>;
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

/** @param wire samples of the bare cable, by metric */
export function judgeHost(wire: ReadonlyMap<string, readonly number[]>, stealShare: number): HostNoise {
  const spreads = [...wire].map(([metric, values]) => [metric, relativeSpread(values)] as const);
  const wide = spreads.filter(([, spread]) => spread > MOST_WIRE_SPREAD);
  const reasons = [
    ...wide.map(([metric, spread]) => `${metric} of the bare wire varies by ${percent(spread)}`),
    ...(stealShare > MOST_STEAL_SHARE ? [`the hypervisor took ${percent(stealShare)} of the processors' time`] : []),
  ];
  return { noisy: reasons.length > 0, reasons, stealShare, wireSpread: Object.fromEntries(spreads) };
}
