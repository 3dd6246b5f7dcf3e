/** Hand-made comparisons. */
import type { ComparedRun, Comparison } from '#src/result/comparison.js';
import { comparisonOf } from '#src/result/comparison-assembly.js';
import type { DesignFacts } from '#src/result/design.js';
import type { RunResult } from '#src/result/result.js';
import { cleanLeaks, promise, run } from './fixtures.js';

export const design: DesignFacts = {
  title: 'Two bridges and a tunnel',
  underlay: { kind: 'switch', mtuBytes: 1500, family: 'ipv4' },
  mtu: { bytes: 1450, wireBytes: 1500, why: '1500 - 50: VXLAN over IPv4 (RFC 7348)' },
  needs: {
    daemons: ['tunneld'],
    listeners: ['udp/4789'],
    kernelFeatures: ['vxlan'],
    programs: ['tunneld'],
    forEgress: ['nftables nat'],
  },
  convergence: { deadlineMs: 50_000, why: 'STP: two forward delays of 15 s (IEEE 802.1D)' },
  topology: {
    title: 'tunnel: 2 hosts, 2 containers',
    groups: [
      { id: 'h1', title: 'h1: containers in 10.1.1.0/24' },
      { id: 'h2', title: 'h2: containers in 10.1.2.0/24' },
    ],
    shapes: [
      { id: 'h1:br0', kind: 'bridge', title: 'br0', lines: ['10.1.0.1/16'], group: 'h1' },
      { id: 'h2:br0', kind: 'bridge', title: 'br0', lines: ['10.1.0.2/16'], group: 'h2' },
      { id: 'h1c1', kind: 'container', title: 'h1c1', lines: ['10.1.1.2/16'], group: 'h1' },
      { id: 'h2c1', kind: 'container', title: 'h2c1', lines: ['10.1.2.2/16'], group: 'h2' },
      { id: 'sw1', kind: 'switch', title: 'sw1', lines: ['LAN switch'] },
    ],
    lines: [
      { from: 'h1c1', to: 'h1:br0', kind: 'inside', odd: false },
      { from: 'h2c1', to: 'h2:br0', kind: 'inside', odd: false },
      { from: 'h1:br0', to: 'sw1', kind: 'lan', odd: false },
      { from: 'h2:br0', to: 'sw1', kind: 'lan', odd: true, label: 'MTU 1400 | 1500' },
    ],
  },
};

/** The observations of path-mtu as the check makes them. */
export const mtuPromise = (predicted: number, delivered: number) =>
  promise('path-mtu', 'promised', {
    verdict: predicted === delivered ? 'pass' : 'fail',
    summary: `predicted ${predicted}, interfaces ${predicted}, delivered ${delivered} bytes`,
    observations: [
      { name: 'predictedMtuBytes', value: predicted, subject: 'by arithmetic' },
      { name: 'interfaceMtuBytes', value: predicted, subject: 'h1c1:eth0' },
      { name: 'largestDeliveredBytes', value: delivered, subject: 'h1c1 -> h2c1' },
      { name: 'largerEnds', value: 'silence', subject: 'h1c1 -> h2c1' },
    ],
    evidence:
      predicted === delivered
        ? []
        : [
            {
              message: `h1c1 sent ${predicted} bytes with DF to h2c1; nothing larger than ${delivered} bytes arrived`,
              where: 'h2:eth1',
              expected: `${predicted} bytes delivered`,
              seen: `silence above ${delivered} bytes`,
            },
          ],
  });

export const flat = run(
  [
    promise('unique-address'),
    promise('lan-reachable'),
    mtuPromise(1500, 1500),
    promise('encrypted', 'absent', { verdict: 'fail' }),
  ],
  { scenario: 'flat', strategy: 'flat', plan: { digest: '0'.repeat(64), mtuBytes: 1500, hosts: 2, containers: 4 } },
);

export const tunnel = run(
  [
    promise('unique-address'),
    promise('lan-reachable', 'absent', { verdict: 'fail', summary: 'o1 reaches none of 4 containers' }),
    mtuPromise(1450, 1400),
    promise('throughput', 'promised', {
      verdict: 'inconclusive',
      summary: 'netlab ran up to 48 ms late while it measured',
      reason: 'the machine was too busy to tell',
      remedy: 'Run it again when the machine is idle.',
    }),
    promise('encrypted', 'silent'),
  ],
  {
    scenario: 'tunnel',
    strategy: 'tunnel',
    plan: { digest: '1'.repeat(64), mtuBytes: 1450, hosts: 2, containers: 2 },
    design,
    phases: [
      { name: 'sandbox', durationMs: 140 },
      { name: 'build', durationMs: 812 },
      { name: 'converge', durationMs: 31_200 },
      { name: 'verify', durationMs: 2180 },
      { name: 'teardown', durationMs: 125 },
    ],
  },
);

/** Not built, because something is missing here. */
export const lacking: RunResult = run([], {
  scenario: 'lacking',
  strategy: 'lacking',
  complete: false,
  phases: [],
  leaks: null,
  failure: {
    message: 'strategy lacking needs what this machine does not have: program tincd',
    remedy: 'sudo apt-get install tinc',
  },
  missing: [
    {
      requirement: 'program tincd',
      why: 'the overlay',
      detail: 'no such program',
      remedy: 'sudo apt-get install tinc',
    },
  ],
});

export const runsOf = (...results: readonly RunResult[]): readonly ComparedRun[] =>
  results.map((result) => ({ name: result.scenario, result }));

export const leaking = run([promise('egress')], {
  scenario: 'leaking',
  leaks: { ...cleanLeaks, leftovers: ['process 4711: dnsmasq'] },
});

const few = Array.from({ length: 8 }, (_, index) => ({
  name: 'outageMs',
  value: 0,
  subject: `h${index + 2}c2 -> h1c1`,
}));

/** Flows that came back, one that did not, and many that nothing happened to. */
const survivor = promise('throughput', 'promised', {
  observations: [
    ...few,
    { name: 'outageMs', value: 120, subject: 'h2c1 -> h1c1' },
    { name: 'outageMs', value: 31_050, subject: 'h1c1 -> h2c1' },
    { name: 'timeline', value: 'up 0-5000, down 5000-36050, up 36050-45000', subject: 'h1c1 -> h2c1' },
    { name: 'outageMs', value: null, subject: 'h1c1 -> h3c1' },
  ],
});

/** A comparison of one that keeps its promises, one that breaks one and one that cannot be built, or what is given. */
export function comparison(changes: Partial<Comparison> = {}): Comparison {
  const runs = changes.runs ?? runsOf(flat, tunnel, lacking);
  return {
    ...comparisonOf({
      netlabVersion: '0.1.0',
      startedAt: '2026-11-21T03:00:00.000Z',
      durationMs: 35_200,
      planned: changes.planned ?? runs.map(({ name }) => name),
      ...(changes.shard === undefined ? {} : { shard: changes.shard }),
      skipMissing: changes.skipMissing ?? false,
      runs,
    }),
    ...changes,
  };
}

export const outages = comparison({ runs: runsOf(flat, run([survivor], { scenario: 'loops' })) });
