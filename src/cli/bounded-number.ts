/** Numbers of the command line: parsers for commander, each with what it allows. They throw UsageError. */
import { describeValue } from '../scenario/problem.js';
import { UsageError } from './usage-error.js';

/** @param text what stands for a number of this kind: `2m` */
type Reader = (text: string) => number | undefined;

interface Allowed {
  /** What is asked for: `a whole number`, `a time`. */
  readonly what: string;
  readonly least: number;
  readonly most: number;
  /** The bounds as they are written on a command line. */
  readonly range: string;
}

const within =
  (option: string, read: Reader, { what, least, most, range }: Allowed) =>
  (text: string): number => {
    const number = read(text);
    if (number !== undefined && number >= least && number <= most) return number;
    throw new UsageError(`${option} needs ${what} ${range}, not ${describeValue(text)}`);
  };

const whole: Reader = (text) => (/^\d+$/u.test(text) ? Number(text) : undefined);

/** `--count 10` */
export const wholeNumber = (option: string, most: number) =>
  within(option, whole, { what: 'a whole number', least: 1, most, range: `from 1 to ${most}` });

const decimal: Reader = (text) => (/^\d*\.?\d+$/u.test(text) ? Number(text) : undefined);

/** A timer of Node.js holds 2^31 - 1 ms and ends at once beyond that; this is 11 days. */
const MOST_SECONDS = 1_000_000;
const LEAST_SECONDS = 0.001;

/** `--seconds 2.5` */
export const secondsOf = (option: string) =>
  within(option, decimal, {
    what: 'a number of seconds',
    least: LEAST_SECONDS,
    most: MOST_SECONDS,
    range: `from ${LEAST_SECONDS} to ${MOST_SECONDS}`,
  });

const unitsMs = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 } as const;

const time: Reader = (text) => {
  const [, number, unit] = /^(\d*\.?\d+)(ms|s|min|m|h)$/u.exec(text) ?? [];
  return unit === undefined ? undefined : Number(number) * unitsMs[unit as keyof typeof unitsMs];
};

/** `--budget 60s`, `2.5m`, `1500ms`, to milliseconds: at least one sample of what is short, at most a night. */
export const budgetMs = (option: string) =>
  within(option, time, {
    what: 'a time such as 60s, 2m or 1500ms,',
    least: unitsMs.s,
    most: 12 * unitsMs.h,
    range: 'from 1s to 12h',
  });

const factors = { '': 1, k: 1e3, K: 1e3, m: 1e6, M: 1e6, g: 1e9, G: 1e9 } as const;

const rate: Reader = (text) => {
  const [, number, factor] = /^(\d*\.?\d+)([kKmMgG]?)$/u.exec(text) ?? [];
  return factor === undefined ? undefined : Number(number) * factors[factor as keyof typeof factors];
};

/** `--udp-rate 300M`, `1.5G`, in bits per second, as iperf3 takes them: some datagrams in a sample, and no more than any cable here carries. */
export const bitRate = (option: string) =>
  within(option, rate, {
    what: 'bits per second such as 300M or 1.5G,',
    least: 100e3,
    most: 100e9,
    range: 'from 100k to 100G',
  });
