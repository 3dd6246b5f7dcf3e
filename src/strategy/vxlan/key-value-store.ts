/** Forwarding tables from etcd or Consul: the store itself on the first host, and on each host an agent of netlab's that speaks with it. */
import { type ServiceState, serviceFolder } from '#lab/state.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import type { Convergence, Infrastructure, Recoveries, Requirement } from '../contract.js';
import { tunnelAddress } from '../underlay.js';
import { type Forwarding, learnedEntries, type Segment } from './forwarding.js';

const clientPort = 2379;
const peerPort = 2380;
/** Not Consul's own 8300 and 8301: agents for the discovery of services may run beside it. */
const consulPorts = { http: 8500, server: 8310, serf_lan: 8311 } as const;
const portOf = { kv: clientPort, consul: consulPorts.http } as const;

export function storeRequirements(forwarding: Forwarding): readonly Requirement[] {
  const kind = 'binary';
  if (forwarding === 'consul') return [{ kind, name: 'consul', why: 'forwarding: consul: the key-value store' }];
  if (forwarding !== 'kv') return [];
  return [{ kind, name: 'etcd', debianPackage: 'etcd-server', why: 'forwarding: kv: the key-value store' }];
}

export function storeInfrastructure(forwarding: Forwarding): Pick<Infrastructure, 'daemons' | 'listeners'> {
  if (forwarding === 'kv')
    return { daemons: ['etcd', 'vxlan-agent'], listeners: [`tcp/${clientPort}`, `tcp/${peerPort}`] };
  if (forwarding !== 'consul') return { daemons: [], listeners: [] };
  const { http, server, serf_lan: serf } = consulPorts;
  const listeners = [`tcp/${http}`, `tcp/${server}`, `tcp/${serf}`, `udp/${serf}`];
  return { daemons: ['consul', 'vxlan-agent'], listeners };
}

export function storeConvergence(forwarding: Forwarding): Convergence {
  const why = 'each agent has to reach the store, which it tries every 250 ms, and to hear of the others';
  if (forwarding !== 'consul') return { deadlineMs: 15_000, why };
  return { deadlineMs: 30_000, why: `a Consul server elects itself after some seconds; ${why}` };
}

/** How long a host that boots anew may be away; interfaces and programs start within the rest. */
export function rebootOf(forwarding: Forwarding): Recoveries {
  if (forwarding === 'static') return {};
  const bootMs = 10_000;
  if (forwarding === 'multicast') {
    const why = 'a switch that snoops hears of a member again within 10 s (RFC 2236, section 8.10)';
    return { reboot: { limitMs: 10_000 + bootMs, why } };
  }
  const { deadlineMs, why } = storeConvergence(forwarding);
  return { reboot: { limitMs: deadlineMs + bootMs, why } };
}

interface Choice {
  readonly forwarding: Forwarding;
  readonly vni: number;
  readonly leaseSeconds: number;
}

/** The store, where the host has it, and the host's agent, one for each segment. */
export function storeServices(cluster: Cluster, host: Host, chosen: Choice, segment: Segment): readonly ServiceState[] {
  const [first] = cluster.hosts;
  if (first === undefined) return [];
  const port = chosen.forwarding === 'consul' ? portOf.consul : portOf.kv;
  const url = `http://${hostPart(tunnelAddress(cluster, first))}:${port}`;
  const store = chosen.forwarding === 'consul' ? consul(cluster, host) : etcd(cluster, host, url);
  return [
    ...(host.name === first.name ? [store] : []),
    {
      ...agent(cluster, host, { ...chosen, ...segment }, url),
      forwarding: learnedEntries(cluster, host, segment),
    },
  ];
}

/** A server alone, which elects itself. */
function consul(cluster: Cluster, host: Host): ServiceState {
  const folder = serviceFolder(host.name, 'consul');
  const address = tunnelAddress(cluster, host);
  const config = {
    node_name: host.name,
    server: true,
    bootstrap_expect: 1,
    data_dir: `${folder}/data`,
    bind_addr: address,
    client_addr: address,
    disable_update_check: true,
    log_level: 'warn',
    ports: { ...consulPorts, serf_wan: -1, dns: -1, grpc: -1 },
  };
  return {
    name: 'consul',
    argv: ['consul', 'agent', `-config-file=${folder}/server.json`],
    files: { [`${folder}/server.json`]: `${JSON.stringify(config, undefined, 2)}\n` },
    ready: { kind: 'tcp', address, port: consulPorts.http },
    readyTimeoutMs: 60_000,
    stopGraceMs: 2_000,
    keeps: ['data'],
  };
}

function etcd(cluster: Cluster, host: Host, url: string): ServiceState {
  const peer = `http://127.0.0.1:${peerPort}`;
  return {
    name: 'etcd',
    argv: [
      'etcd',
      `--name=${host.name}`,
      `--data-dir=${serviceFolder(host.name, 'etcd')}/data`,
      // Its tools look for it at the loopback address.
      `--listen-client-urls=${url},http://127.0.0.1:${clientPort}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${host.name}=${peer}`,
    ],
    // etcd 3.4 starts on arm64 only when asked twice; other machines do not mind.
    environment: { ETCD_UNSUPPORTED_ARCH: 'arm64' },
    keeps: ['data'],
    ready: { kind: 'tcp', address: tunnelAddress(cluster, host), port: clientPort },
    readyTimeoutMs: 60_000,
    stopGraceMs: 2_000,
  };
}

function agent(
  cluster: Cluster,
  host: Host,
  { forwarding, vni, index, device, leaseSeconds }: Choice & Segment,
  url: string,
): ServiceState {
  return {
    name: index === 0 ? 'vxlan-agent' : `vxlan-agent-${index}`,
    argv: [
      'netlab:vxlan-agent',
      `--${forwarding === 'consul' ? 'consul' : 'etcd'}=${url}`,
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
