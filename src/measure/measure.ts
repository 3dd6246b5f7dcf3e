/** Takes samples in a lab: sets the MTU, has the machine to itself, asks the instrument. */
import { HeldTooLong } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { exclusively } from '#lab/turns.js';
import { observedLink } from '../probes/observed-link.js';
import type { InstrumentName } from '../result/bench-metrics.js';
import { withinLimit } from './deadline.js';
import { type Instrument, MeasuringError } from './instrument.js';
import { connections, requests } from './operations.js';
import { roundTripsIdle, roundTripsLoaded } from './round-trips.js';
import type { End, SampleReport, SampleRequest } from './sample.js';
import { tcpEight, tcpOne, udpLimit, udpLoss } from './throughput.js';

/** However wrong things go: every other lab of the machine waits for the lock meanwhile. */
const LIMIT_MS = 60_000;

const instruments: Readonly<Record<InstrumentName, Instrument>> = {
  'tcp-1': tcpOne,
  'tcp-8': tcpEight,
  'udp-limit': udpLimit,
  'udp-loss': udpLoss,
  'rtt-idle': roundTripsIdle,
  'rtt-loaded': roundTripsLoaded,
  connections,
  requests,
};

/** Of the lock that all users share: what is measured meanwhile is somebody else's load as well. */
const NOT_ALONE =
  "another user's lab measured meanwhile, or one of its processes keeps others from knowing: what was measured does not count";

/** @throws the signal's reason when it aborts first */
export async function takeSample(lab: Lab, request: SampleRequest, signal: AbortSignal): Promise<SampleReport> {
  const askedMs = performance.now();
  const waitedMs = (): number => performance.now() - askedMs;
  const measure = async (isAlone: boolean): Promise<SampleReport> => {
    const waited = { waitedMs: waitedMs() };
    return { ...ifAlone(isAlone, await sampleNow(lab, request, signal)), ...waited };
  };
  try {
    return await exclusively(lab, measure, signal);
  } catch (error) {
    if (error instanceof HeldTooLong) return { values: {}, problem: error.message, waitedMs: waitedMs() };
    throw error;
  }
}

/** @returns the report, if nobody else measured meanwhile */
export const ifAlone = (isAlone: boolean, report: SampleReport): SampleReport =>
  isAlone ? report : { values: {}, problem: report.problem ?? NOT_ALONE };

async function sampleNow(lab: Lab, request: SampleRequest, signal: AbortSignal): Promise<SampleReport> {
  try {
    const [from, to] = [lab.node(request.from.node), lab.node(request.to.node)];
    const ends = { lab, from, to, address: await addressOf(lab, request.to), request, signal };
    return await withMtu(
      lab,
      request,
      async (mtuBytes) => await withinLimit(instruments[request.instrument]({ ...ends, mtuBytes }), LIMIT_MS, signal),
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof MeasuringError) return { values: {}, problem: error.message };
    throw error;
  }
}

/** As the kernel has it: a lease may have told it. */
async function addressOf(lab: Lab, end: End): Promise<string> {
  const address = (await observedLink(lab, end))?.addresses.find((one) => !one.includes(':'));
  if (address === undefined) throw new MeasuringError(`${end.node}:${end.link} has no IPv4 address`);
  return address.split('/', 1)[0] ?? address;
}

/** Gives both ends the MTU that is asked for, and then their own again. */
async function withMtu<T>(lab: Lab, request: SampleRequest, work: (mtuBytes: number) => Promise<T>): Promise<T> {
  const both = [request.from, request.to].map(async (end) => {
    const ownBytes = (await observedLink(lab, end))?.mtuBytes ?? 0;
    return { node: lab.node(end.node), link: end.link, ownBytes };
  });
  const ends = await Promise.all(both);
  const wanted = Math.min(request.mtuBytes ?? Infinity, ...ends.map(({ ownBytes }) => ownBytes));
  const changed = ends.filter(({ ownBytes }) => ownBytes !== wanted);
  for (const { node, link } of changed) await node.setLink(link, { mtuBytes: wanted });
  try {
    return await work(wanted);
  } finally {
    for (const { node, link, ownBytes } of changed) await node.setLink(link, { mtuBytes: ownBytes });
  }
}
