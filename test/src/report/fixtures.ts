/** Hand-made results of runs, one per way in which a run can end. */
import { promiseNames } from '#src/declaration/promise.js';
import type { Declaration, PromiseName } from '#src/declaration/promise.js';
import { cellOf } from '#src/result/cell.js';
import { exitCodeOf } from '#src/result/exit-code.js';
import type { CheckResult, LeakProof, PromiseResult, RunResult } from '#src/result/result.js';

const summaries: Readonly<Record<PromiseName, string>> = {
  'unique-address': '4 containers: no IP or MAC twice, by state and on the wire',
  'container-to-container': '12 of 12 ordered pairs by ICMP, TCP and UDP',
  'host-to-container': '8 of 8 pairs by ICMP, TCP and UDP',
  'container-to-host': '8 of 8 pairs by ICMP, TCP and UDP',
  'lan-reachable': 'o1 reaches 4 of 4 containers and is reached',
  'no-nat': '40 flows: the receiver sees the sender’s own address',
  'native-ports': 'port 80 on 4 of 4 containers, each on its own address',
  'path-mtu': 'predicted 1500, interfaces 1500, delivered 1500 bytes',
  throughput: 'h1c1 → h2c1 9.41 Gbit/s, h2c1 → h1c1 9.38 Gbit/s',
  egress: 'world reached through host, seen with the host’s address (NAT)',
  'crosses-routers': 'two hosts behind two routers: 12 of 12 flows arrived',
  'broadcast-domain': '4 of 4 containers got each broadcast and multicast once',
  'loop-free': '10 frames stayed 10 on every port; no redundant link',
  encrypted: 'the token of 4 flows is nowhere on the wire',
  isolation: 'no flow between groups arrived',
  names: '4 of 4 names resolve to their container',
  'service-discovery': 'web resolves to 2 of 2 containers',
  'lease-hygiene': '4 of 4 leases renewed',
  'dual-stack': '12 of 12 ordered pairs by IPv6',
  'survives-link-loss': 'the one cable of h1 cut: nothing came back',
  'survives-host-loss': 'h1 crashed: 2 flows of others lost nothing',
  'survives-reboot': 'h1 rebooted: reached again after 120 ms',
  'address-capacity': 'the last address of each slice works; one more is refused',
  'infrastructure-free': 'no daemon, no listener; nftables nat',
};

export function check(id: string, changes: Partial<CheckResult> = {}): CheckResult {
  return { id, verdict: 'pass', summary: 'measured', observations: [], evidence: [], durationMs: 12, ...changes };
}

export function promise(
  name: PromiseName,
  declared: Declaration['declared'] = 'promised',
  changes: Partial<CheckResult> = {},
): PromiseResult {
  const result = check(name, { summary: summaries[name], ...changes });
  const why = declared === 'absent' ? 'the host masquerades what leaves the cluster' : 'one flat layer-2 network';
  const { verdict } = result;
  return { promise: name, declared, why, verdict, cell: cellOf(declared, verdict), checks: [result] };
}

export const cleanLeaks: LeakProof = {
  verified: true,
  leftovers: [],
  machineChanges: [],
  compared: ['namespaces', 'links', 'mounts', 'processes', 'cgroups', 'files', 'interfaces', 'routes', 'sysctls'],
  notCompared: [],
  waitedMs: 11,
};

export function run(promises: readonly PromiseResult[], changes: Partial<RunResult> = {}): RunResult {
  const result: Omit<RunResult, 'exitCode'> = {
    schemaVersion: 1,
    netlabVersion: '0.1.0',
    scenario: 'bridge-l2',
    strategy: 'bridge-l2',
    startedAt: '2026-11-21T03:00:00.000Z',
    complete: true,
    environment: {
      kernel: '6.1.0-28-amd64',
      cores: 2,
      node: 'v20.20.2',
      privilege: 'user namespace',
      tools: { nft: 'nftables v1.0.6' },
    },
    plan: { digest: 'c0ffee'.repeat(10).padEnd(64, '0'), mtuBytes: 1500, hosts: 2, containers: 4 },
    promises,
    drift: [],
    phases: [
      { name: 'plan', durationMs: 3.4 },
      { name: 'sandbox', durationMs: 41 },
      { name: 'build', durationMs: 62 },
      { name: 'verify', durationMs: 1180 },
      { name: 'teardown', durationMs: 25 },
    ],
    leaks: cleanLeaks,
    ...changes,
  };
  return { ...result, exitCode: changes.exitCode ?? exitCodeOf(result) };
}

export const kept = run(promiseNames.map((name) => promise(name)));

const brokenMtu = promise('path-mtu', 'promised', {
  verdict: 'fail',
  summary: 'predicted 1500, interfaces 1500, delivered 1400 bytes',
  coverage: 'both directions, both families',
  observations: [{ name: 'deliveredBytes', value: 1400, subject: 'h1c1 -> h2c1' }],
  evidence: [
    {
      message: 'h1c1 sent 1500 bytes with DF to h2c1; nothing larger than 1400 bytes arrived, and no ICMP came back.',
      where: 'h2:eth1',
      expected: '1500 bytes delivered, or “packet too big” with the right MTU',
      seen: 'silence: a black hole above 1400 bytes',
    },
  ],
});

/** Every kind of cell at once. */
export const broken = run(
  [
    promise('unique-address'),
    promise('container-to-container'),
    promise('lan-reachable'),
    brokenMtu,
    promise('throughput', 'promised', {
      verdict: 'inconclusive',
      summary: 'netlab ran up to 48 ms late while it measured',
      reason: 'the machine was too busy to tell',
      remedy: 'Run it again when the machine is idle.',
    }),
    promise('egress', 'absent', { verdict: 'fail', summary: 'world was not reached' }),
    promise('loop-free', 'absent', { summary: '10 frames stayed 10 on every port' }),
    promise('dual-stack', 'promised', {
      verdict: 'skip',
      summary: 'not measured',
      reason: 'this kernel has no IPv6',
      remedy: 'Boot without ipv6.disable=1.',
    }),
  ],
  { drift: ['h2: eth1 has MTU 1400, the plan says 1500'] },
);

/** Cut short by a build that failed, with something left behind. */
export const leaking = run([], {
  complete: false,
  phases: [
    { name: 'plan', durationMs: 3 },
    { name: 'sandbox', durationMs: 40 },
  ],
  leaks: {
    ...cleanLeaks,
    verified: false,
    leftovers: ['process 4711: dnsmasq --no-daemon'],
    machineChanges: ['route 10.1.0.0/16 dev br0 is new'],
    notCompared: ['nftables (needs root)'],
    waitedMs: 2000,
  },
  failure: { message: 'h1: br0: cannot add link: Operation not supported', remedy: 'modprobe bridge' },
});

const cutShort = {
  verdict: 'skip',
  summary: 'not measured',
  reason: 'the run was stopped before this was measured',
  remedy: 'Run it again and let it end.',
} as const;

/** Stopped by Ctrl-C in the middle of verify. */
export const interrupted = run(
  [
    promise('unique-address'),
    promise('container-to-container'),
    promise('egress', 'promised', cutShort),
    promise('no-nat', 'promised', cutShort),
  ],
  { complete: false, exitCode: 130 },
);
