/** The programs that instruments run. Data only. */
import type { Requirement } from '#lab/capabilities.js';
import type { InstrumentName } from '../result/bench-metrics.js';

const iperf: Requirement = {
  kind: 'binary',
  name: 'iperf3',
  debianPackage: 'iperf3',
  why: 'measures throughput',
};
const ping: Requirement = {
  kind: 'binary',
  name: 'ping',
  debianPackage: 'iputils-ping',
  why: 'measures round trips',
};
export const benchPrograms: Readonly<Record<InstrumentName, readonly Requirement[]>> = {
  'tcp-1': [iperf],
  'tcp-8': [iperf],
  'udp-limit': [iperf],
  'udp-loss': [iperf],
  'rtt-idle': [ping],
  'rtt-loaded': [ping, iperf],
  connections: [],
  requests: [],
};
