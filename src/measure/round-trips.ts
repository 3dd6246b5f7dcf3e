/** Round-trip times by ping, whose clock is the kernel's and not that of netlab's event loop. */
import { ToolError } from '#lab/process.js';
import type { Bench, Instrument } from './instrument.js';
import { MeasuringError } from './instrument.js';
import { underLoad } from './iperf.js';

/**
 * Idle, each request follows the reply to the one before: with pauses between them the figure is how long an idle
 * processor takes to wake, which is four times the network's own time on a veth and varies by a third.
 */
const IDLE = { count: 1_000, options: ['-A'] } as const;
/** Under load, steadily: replies that take long are not to thin out what is measured. It is the shortest that all may have. */
const INTERVAL_MS = 2;
const LOADED = { count: 150, options: ['-i', String(INTERVAL_MS / 1000)] } as const;
const TIMEOUT_MS = 10_000;
/** ping prints microseconds: several replies have the same time, and lie anywhere around it. */
const RESOLUTION_MS = 0.001;

interface RoundTrips {
  readonly roundTripsMs: readonly number[];
  readonly sentMs: readonly number[];
}

export const roundTripsIdle: Instrument = async (bench) => {
  const { roundTripsMs } = await ping(bench, IDLE);
  return {
    values: { rttIdleP50Ms: smoothQuantile(roundTripsMs, 0.5), rttIdleP99Ms: smoothQuantile(roundTripsMs, 0.99) },
    roundTripsMs,
  };
};

export const roundTripsLoaded: Instrument = async (bench) => {
  const found = await underLoad(bench, async () => await ping(bench, LOADED));
  return {
    values: {
      rttLoadedP50Ms: smoothQuantile(found.roundTripsMs, 0.5),
      rttLoadedP99Ms: smoothQuantile(found.roundTripsMs, 0.99),
    },
    ...found,
  };
};

async function ping({ from, address }: Bench, { count, options }: typeof IDLE | typeof LOADED): Promise<RoundTrips> {
  const argv = ['ping', '-n', '-4', '-c', String(count), ...options, '-W', '1', address] as const;
  const found = parsePing(await outputOf(from, argv));
  if (found.roundTripsMs.length < count / 2)
    throw new MeasuringError(`${found.roundTripsMs.length} of ${count} echo requests were answered`);
  return found;
}

/** Lost requests are exit code 1, with all else printed as ever. */
async function outputOf(from: Bench['from'], argv: readonly [string, ...string[]]): Promise<string> {
  try {
    return (await from.run(argv, { timeoutMs: TIMEOUT_MS })).stdout;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (error.output.stdout !== '') return error.output.stdout;
    throw new MeasuringError(error.message, { cause: error });
  }
}

/** `64 bytes from 10.0.0.2: icmp_seq=100 ttl=64 time=0.005 ms` */
export function parsePing(text: string): RoundTrips {
  const replies = [...text.matchAll(/icmp_seq=(\d+) .*time=([\d.]+) ms/g)];
  return {
    roundTripsMs: replies.map(([, , time]) => Number(time)),
    sentMs: replies.map(([, sequence]) => (Number(sequence) - 1) * INTERVAL_MS),
  };
}

/** A quantile that does not jump from one microsecond to the next: equal times are spread evenly around their value. */
export function smoothQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * sorted.length;
  const value = sorted[Math.min(sorted.length - 1, Math.floor(place))] ?? Number.NaN;
  const below = sorted.filter((one) => one < value).length;
  const equal = sorted.filter((one) => one === value).length;
  return Math.max(0, value + ((place - below) / equal - 0.5) * RESOLUTION_MS);
}
