import { UsageError } from './usage-error.js';

const unitsMs = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

/** An argument parser for commander: `60s`, `2.5m`, `500ms`, `1h` to milliseconds. @throws UsageError */
export const duration =
  (option: string) =>
  (text: string): number => {
    const [, number, unit] = /^(\d*\.?\d+)(ms|s|min|m|h)$/.exec(text) ?? [];
    const ms = Number(number) * unitsMs[unit as keyof typeof unitsMs];
    if (Number.isFinite(ms) && ms > 0) return ms;
    throw new UsageError(`${option} needs a time such as 60s, 2m or 500ms, not ${JSON.stringify(text)}`);
  };

const factors = { '': 1, k: 1e3, K: 1e3, m: 1e6, M: 1e6, g: 1e9, G: 1e9 } as const;

/** `300M`, `1.5G`, in bits per second, as iperf3 takes them. @throws UsageError */
export const bitRate =
  (option: string) =>
  (text: string): number => {
    const [, number, factor = ''] = /^(\d*\.?\d+)([kKmMgG]?)$/.exec(text) ?? [];
    const rate = Number(number) * factors[factor as keyof typeof factors];
    if (Number.isFinite(rate) && rate > 0) return rate;
    throw new UsageError(`${option} needs bits per second such as 300M or 1.5G, not ${JSON.stringify(text)}`);
  };
