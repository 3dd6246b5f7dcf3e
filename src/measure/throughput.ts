/** Throughput by iperf3: TCP with its cost, UDP with its loss. */
import { setTimeout as delay } from 'node:timers/promises';
import { readProcessorTime, timeBetween } from '#lab/processor-time.js';
import { type Bench, type Instrument, MeasuringError } from './instrument.js';
import { runClient, withServer } from './iperf.js';
import { highestWithoutLoss, type Trial } from './search.js';

/** How long the machine is watched doing nothing. This is the length of a measurement, for which no condition could stand. */
const IDLE_MS = 200;
/** Some ticks of /proc/stat. */
const LEAST_SECONDS = 0.05;
const UDP_TRIAL_SECONDS = 0.15;
const UDP_LOSS_SECONDS = 0.3;
const search = { mostTrials: 6, toleratedLossShare: 0.001 } as const;
/** IPv4 and UDP (RFC 791 without options, RFC 768). */
const UDP_HEADERS_BYTES = 28;
/** More than a sender reaches in a trial, so that time and not the amount ends it. */
const FASTEST_BITS_PER_SECOND = 2e9;
const GIGABYTE = 1e9;

const amountOf = ({ request }: Bench): readonly string[] =>
  request.transferBytes === undefined ? ['-t', '1'] : ['-n', String(Math.round(request.transferBytes))];

/** Goodput, what it cost the machine, and retransmissions. */
export const tcpOne: Instrument = async (bench) => {
  const idleShare = bench.request.idleBusyShare ?? (await watchIdle());
  const { end, busySeconds } = await withServer(bench, async () => {
    const before = readProcessorTime();
    const result = await runClient(bench, amountOf(bench));
    const used = timeBetween(before, readProcessorTime());
    return { end: result, busySeconds: used.busySeconds - idleShare * used.allSeconds };
  });
  const received = demand(end.sum_received);
  if (received.bytes === 0) throw new MeasuringError('nothing was received');
  const gigabytes = received.bytes / GIGABYTE;
  return {
    values: {
      tcpGoodput1BitsPerSecond: received.bits_per_second,
      retransmissionsPerGigabyte: (end.sum_sent?.retransmits ?? 0) / gigabytes,
      // On a machine that others keep busy the subtraction may leave nothing that can be told.
      ...(busySeconds >= LEAST_SECONDS ? { cpuSecondsPerGigabyte: busySeconds / gigabytes } : {}),
    },
    rateBitsPerSecond: received.bits_per_second,
    idleBusyShare: idleShare,
    ...(busySeconds >= LEAST_SECONDS ? {} : { problem: 'others keep the processors too busy to tell what it cost' }),
  };
};

/** Which part of the processors' time the idle machine is busy. */
async function watchIdle(): Promise<number> {
  const before = readProcessorTime();
  await delay(IDLE_MS);
  const { busySeconds, allSeconds } = timeBetween(before, readProcessorTime());
  // Both ends are rounded to a tick, so an idle machine may seem to have worked less than nothing.
  return allSeconds === 0 ? 0 : Math.min(1, Math.max(0, busySeconds / allSeconds));
}

export const tcpEight: Instrument = async (bench) => {
  const end = await withServer(bench, async () => await runClient(bench, ['-P', '8', ...amountOf(bench)]));
  const { bits_per_second: rate } = demand(end.sum_received);
  return { values: { tcpGoodput8BitsPerSecond: rate }, rateBitsPerSecond: rate };
};

export const udpLimit: Instrument = async (bench) => {
  const send = (rate: number | undefined): Promise<Trial> => udpTrial(bench, rate, UDP_TRIAL_SECONDS);
  const rate = await highestWithoutLoss(send, search);
  if (rate === undefined) throw new MeasuringError('datagrams were lost at every rate that was tried');
  return { values: { udpLosslessBitsPerSecond: rate }, rateBitsPerSecond: rate };
};

export const udpLoss: Instrument = async (bench) => {
  const { udpRateBitsPerSecond } = bench.request;
  const { lossShare, receivedBitsPerSecond } = await udpTrial(bench, udpRateBitsPerSecond, UDP_LOSS_SECONDS);
  return { values: { udpLossShare: lossShare }, rateBitsPerSecond: receivedBitsPerSecond };
};

async function udpTrial(bench: Bench, rate: number | undefined, seconds: number): Promise<Trial> {
  const payload = bench.mtuBytes - UDP_HEADERS_BYTES;
  const bytes = Math.max(payload * 20, ((rate ?? FASTEST_BITS_PER_SECOND) * seconds) / 8);
  const options = ['-u', '-l', String(payload), '-b', String(Math.round(rate ?? 0)), '-n', String(Math.round(bytes))];
  const end = await withServer(bench, async () => await runClient(bench, options));
  const sent = demand(end.sum_sent ?? end.sum);
  const received = demand(end.sum_received ?? end.sum);
  // What the receiver never saw the end of is not in its own count: the sender's is the whole.
  const [all, arrived] = [sent.packets ?? 0, (received.packets ?? 0) - (received.lost_packets ?? 0)];
  if (all === 0) throw new MeasuringError('iperf3 sent no datagram');
  return {
    sentBitsPerSecond: sent.bits_per_second,
    receivedBitsPerSecond: received.bits_per_second,
    lossShare: Math.min(1, Math.max(0, 1 - arrived / all)),
  };
}

function demand<T>(sum: T | undefined): T {
  if (sum === undefined) throw new MeasuringError('iperf3 tells no sum');
  return sum;
}
