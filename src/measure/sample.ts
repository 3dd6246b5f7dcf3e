/** One measurement between two nodes: what is asked of an instrument, and what it answers. Plain data. */
import type { InstrumentName, MetricName } from '../result/bench-metrics.js';

/** An end of what is measured: an interface with an IPv4 address. */
export interface End {
  readonly node: string;
  readonly link: string;
}

export interface SampleRequest {
  readonly instrument: InstrumentName;
  readonly from: End;
  readonly to: End;
  /** MTU that both ends' interfaces get for this sample; their own when absent. */
  readonly mtuBytes?: number;
  /** Which part of the processors' time is used when nothing is measured; it is watched first when absent. */
  readonly idleBusyShare?: number;
  /** How much a TCP transfer sends; for a second, at whatever rate it gets, when absent. */
  readonly transferBytes?: number;
  /** The given rate of `udp-loss`. */
  readonly udpRateBitsPerSecond: number;
}

export interface SampleReport {
  /** Those of the instrument that could be told. */
  readonly values: Partial<Readonly<Record<MetricName, number>>>;
  /** Why some, or all, could not. */
  readonly problem?: string;
  /** How long other labs kept it waiting for its turn, in ms. */
  readonly waitedMs?: number;
  /** Round-trip times in ms, in the order in which they were sent. */
  readonly roundTripsMs?: readonly number[];
  /** When each of them was sent, in ms since the first one; absent where each waits for the one before. */
  readonly sentMs?: readonly number[];
  /** Which part of the processors' time is used when nothing is measured: as asked with, or as watched right before. */
  readonly idleBusyShare?: number;
  /** Received over TCP or UDP, in bits per second: what the next transfer's size goes by. */
  readonly rateBitsPerSecond?: number;
}
