/** Forwarding tables from etcd: the store itself on the first host, and on each host an agent of netlab's that speaks with it. */
import { type ServiceState, serviceFolder } from '#lab/state.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import type { Convergence, Infrastructure, Requirement } from '../contract.js';
import { tunnelAddress } from '../underlay.js';
import { learnedEntries, type Segment } from './forwarding.js';

const clientPort = 2379;
const peerPort = 2380;
export const storeRequirements: readonly Requirement[] = [
  { kind: 'binary', name: 'etcd', debianPackage: 'etcd-server', why: 'forwarding: kv: the key-value store' },
];

export const storeInfrastructure: Pick<Infrastructure, 'daemons' | 'listeners'> = {
  daemons: ['etcd', 'vxlan-agent'],
  listeners: [`tcp/${clientPort}`, `tcp/${peerPort}`],
};

export const storeConvergence: Convergence = {
  deadlineMs: 15_000,
  why: 'each agent has to reach etcd, which retries every 250 ms, and to hear of the others',
};

interface Choice {
  readonly vni: number;
  readonly leaseSeconds: number;
}

/** The store, where the host has it, and the host's agent, one for each segment. */
export function storeServices(cluster: Cluster, host: Host, chosen: Choice, segment: Segment): readonly ServiceState[] {
  const [first] = cluster.hosts;
  if (first === undefined) return [];
  const url = `http://${hostPart(tunnelAddress(cluster, first))}:${clientPort}`;
  return [
    ...(host.name === first.name ? [store(cluster, host, url)] : []),
    {
      ...agent(cluster, host, { ...chosen, ...segment }, url),
      forwarding: learnedEntries(cluster, host, segment),
    },
  ];
}

function store(cluster: Cluster, host: Host, url: string): ServiceState {
  const peer = `http://127.0.0.1:${peerPort}`;
  return {
    name: 'etcd',
    argv: [
      'etcd',
      `--name=${host.name}`,
      `--data-dir=${serviceFolder(host.name, 'etcd')}/data`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${host.name}=${peer}`,
    ],
    // etcd 3.4 starts on arm64 only when asked twice; other machines do not mind.
    environment: { ETCD_UNSUPPORTED_ARCH: 'arm64' },
    ready: { kind: 'tcp', address: tunnelAddress(cluster, host), port: clientPort },
    readyTimeoutMs: 20_000,
    stopGraceMs: 2_000,
  };
}

function agent(
  cluster: Cluster,
  host: Host,
  { vni, index, device, leaseSeconds }: Choice & Segment,
  url: string,
): ServiceState {
  return {
    name: index === 0 ? 'vxlan-agent' : `vxlan-agent-${index}`,
    argv: [
      'netlab:vxlan-agent',
      `--etcd=${url}`,
      `--prefix=/netlab/vxlan/${vni + index}`,
      `--ttl=${leaseSeconds}`,
      `--device=${device}`,
      `--vtep=${tunnelAddress(cluster, host)}`,
    ],
    // The first host may still be starting its store: what is missing then comes while the lab converges.
    ready: { kind: 'started' },
    readyTimeoutMs: 5_000,
    stopGraceMs: 1_000,
  };
}

function hostPart(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
