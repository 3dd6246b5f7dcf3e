/** What a benchmark measures. Data only. */

/** Ways to measure; each tells one metric or several. */
export const instrumentNames = [
  'tcp-1',
  'tcp-8',
  'udp-limit',
  'udp-loss',
  'rtt-idle',
  'rtt-loaded',
  'connections',
  'requests',
] as const;
export type InstrumentName = (typeof instrumentNames)[number];

export const metricNames = [
  'tcpGoodput1BitsPerSecond',
  'cpuSecondsPerGigabyte',
  'retransmissionsPerGigabyte',
  'tcpGoodput8BitsPerSecond',
  'udpLosslessBitsPerSecond',
  'udpLossShare',
  'rttIdleP50Ms',
  'rttIdleP99Ms',
  'rttLoadedP50Ms',
  'rttLoadedP99Ms',
  'connectionsPerSecond',
  'requestsPerSecond',
] as const;
export type MetricName = (typeof metricNames)[number];

export interface Metric {
  readonly instrument: InstrumentName;
  /** For people, beside a value. */
  readonly unit: 'bit/s' | 'ms' | '1/s' | 's/GB' | '1/GB' | 'share';
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** `relative`: told as a ratio to the wire. `absolute`: as the difference to it, because it may be 0. */
  readonly scale: 'relative' | 'absolute';
  /** Differences below this do not matter: a share where relative, in the metric's unit where absolute. */
  readonly minimumEffect: number;
  /** False where it is shown and never judged. */
  readonly judged: boolean;
}

const judged = { judged: true } as const;
const higher = { better: 'higher', scale: 'relative', minimumEffect: 0.05, ...judged } as const;
const lower = { better: 'lower', scale: 'relative', minimumEffect: 0.05, ...judged } as const;
/** The 99th percentile is one of the slowest few: of 150 round trips under load the second, of 1,000 idle ones the tenth. */
const tail = { ...lower, minimumEffect: 0.2 } as const;

export const metrics: Readonly<Record<MetricName, Metric>> = {
  tcpGoodput1BitsPerSecond: { instrument: 'tcp-1', unit: 'bit/s', title: 'TCP goodput, 1 stream', ...higher },
  cpuSecondsPerGigabyte: { instrument: 'tcp-1', unit: 's/GB', title: 'CPU per gigabyte', ...lower },
  retransmissionsPerGigabyte: {
    instrument: 'tcp-1',
    unit: '1/GB',
    title: 'retransmissions per gigabyte',
    better: 'lower',
    scale: 'absolute',
    minimumEffect: 1,
    judged: false,
  },
  tcpGoodput8BitsPerSecond: { instrument: 'tcp-8', unit: 'bit/s', title: 'TCP goodput, 8 streams', ...higher },
  udpLosslessBitsPerSecond: { instrument: 'udp-limit', unit: 'bit/s', title: 'UDP rate without loss', ...higher },
  udpLossShare: {
    instrument: 'udp-loss',
    unit: 'share',
    title: 'UDP loss at the given rate',
    better: 'lower',
    scale: 'absolute',
    minimumEffect: 0.01,
    judged: true,
  },
  rttIdleP50Ms: { instrument: 'rtt-idle', unit: 'ms', title: 'round trip, idle, p50', ...lower },
  rttIdleP99Ms: { instrument: 'rtt-idle', unit: 'ms', title: 'round trip, idle, p99', ...tail },
  rttLoadedP50Ms: { instrument: 'rtt-loaded', unit: 'ms', title: 'round trip under load, p50', ...lower },
  rttLoadedP99Ms: { instrument: 'rtt-loaded', unit: 'ms', title: 'round trip under load, p99', ...tail },
  connectionsPerSecond: { instrument: 'connections', unit: '1/s', title: 'connections per second', ...higher },
  requestsPerSecond: { instrument: 'requests', unit: '1/s', title: 'requests per second', ...higher },
};
