/** What instruments and metrics are like, which decides what a budget is enough for. Data only. */
import type { InstrumentName, MetricName } from '../result/bench-metrics.js';

/** How long a sample takes, in seconds: means on two processors of 2026, of a bare cable, host-gw and vxlan. */
export const sampleSeconds: Readonly<Record<InstrumentName, number>> = {
  'tcp-1': 0.13,
  'tcp-8': 0.25,
  'udp-limit': 0.8,
  'udp-loss': 0.33,
  'rtt-idle': 0.035,
  'rtt-loaded': 0.36,
  connections: 0.07,
  requests: 0.06,
};

/**
 * By how much the ratio to the wire varies from round to round: the standard deviation of its logarithm, or of the
 * difference where the metric may be 0. Those of tcp-1, rtt-idle and requests are of an idle machine, of 40 rounds each;
 * the others of one that was not quite idle, and so on the safe side.
 */
export const spreads: Readonly<Record<MetricName, number>> = {
  tcpGoodput1BitsPerSecond: 0.083,
  cpuSecondsPerGigabyte: 0.091,
  retransmissionsPerGigabyte: 0,
  tcpGoodput8BitsPerSecond: 0.12,
  udpLosslessBitsPerSecond: 0.3,
  udpLossShare: 0.002,
  rttIdleP50Ms: 0.04,
  rttIdleP99Ms: 0.2,
  rttLoadedP50Ms: 0.12,
  rttLoadedP99Ms: 0.3,
  connectionsPerSecond: 0.15,
  requestsPerSecond: 0.03,
};
