/**
 * Consul as cluster-networking-talk.txt has it, with an agent on each host: one server, datacenter dc1. dnsmasq on the
 * host's own address hands questions for `consul.` to the agent, so that containers ask their host. Services are
 * registered as gliderlabs' registrator does with -internal: the container's own address and its own port. There is no
 * Docker here whose events registrator could follow, so netlab starts and ends a registration with its container.
 */
import { type ServiceState, serviceFolder } from '#lab/state.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import type { DiscoverySpec } from '../scenario/scenario.js';

/** Consul's own port for DNS (agent configuration, `ports.dns`). */
export const consulDnsPort = 8600;
export const datacenter = 'dc1';
/** Between two looks of an agent whether a service accepts connections: an answer is wrong for so long and a bit. */
export const healthCheckSeconds = 1;
/** A first agent has a leader in about a second; on a busy machine it takes its time. */
const readyTimeoutMs = 30_000;
const stopGraceMs = 5_000;

/** Where an agent runs and whom it asks. */
interface AgentSite {
  readonly node: string;
  /** Address by which other agents reach it. */
  readonly address: string;
  /** Address of the server; the server's own for itself. */
  readonly server: string;
  readonly isServer: boolean;
}

/** The services of a host: its agent, and the resolver that its containers ask. */
export function hostServices(cluster: Cluster, host: Host): readonly ServiceState[] {
  const server = cluster.hosts[0] ?? host;
  const site = { node: host.name, address: host.lanIpv4, server: server.lanIpv4, isServer: host === server };
  return [agent(site), resolver(host)];
}

/** An agent of a container's own, which knows the server by the address that the cluster knows it by. */
export function containerAgent(cluster: Cluster, container: { name: string; ipv4: string }): ServiceState {
  const server = cluster.hosts[0]?.ipv4 ?? '';
  return agent({ node: container.name, address: container.ipv4, server, isServer: false });
}

function agent({ node, address, server, isServer }: AgentSite): ServiceState {
  const folder = serviceFolder(node, 'discovery-consul');
  const config = {
    node_name: node,
    datacenter,
    data_dir: `${folder}/data`,
    bind_addr: address,
    client_addr: '127.0.0.1',
    ...(isServer ? { server: true, bootstrap_expect: 1 } : { retry_join: [server], retry_interval: '1s' }),
    leave_on_terminate: true,
    disable_update_check: true,
    log_level: 'warn',
    ports: { grpc: -1 },
  };
  return {
    name: 'discovery-consul',
    requires: 'consul',
    argv: ['consul', 'agent', `-config-file=${folder}/agent.json`],
    files: { [`${folder}/agent.json`]: `${JSON.stringify(config, undefined, 2)}\n` },
    ready: { kind: 'tcp', address: '127.0.0.1', port: 8500 },
    readyTimeoutMs,
    stopGraceMs,
  };
}

function resolver({ name, ipv4 }: Host): ServiceState {
  const folder = serviceFolder(name, 'discovery-dns');
  const lines = [
    'no-resolv',
    'no-hosts',
    'cache-size=0',
    `listen-address=${ipv4}`,
    'bind-dynamic',
    `pid-file=${folder}/pid`,
    `server=/consul/127.0.0.1#${consulDnsPort}`,
  ];
  return {
    name: 'discovery-dns',
    requires: 'consul',
    argv: ['dnsmasq', '--no-daemon', `--conf-file=${folder}/dnsmasq.conf`],
    files: { [`${folder}/dnsmasq.conf`]: `${lines.join('\n')}\n` },
    ready: { kind: 'log', pattern: 'started' },
    readyTimeoutMs,
    stopGraceMs,
  };
}

/** What an agent is told of a service. */
export interface Registration {
  readonly service: string;
  readonly container: string;
  readonly address: string;
  readonly port: number;
}

/**
 * A registration at the agent of a node for as long as the container lives: made when it starts, undone when it stops. One
 * whose container dies without that is left out of the answers as soon as its health check fails.
 * @param agentNode the host, or the container itself where it has an agent of its own
 */
export function registration(agentNode: string, { service, container, address, port }: Registration): ServiceState {
  const name = `discovery-register-${service}-${container}`;
  const file = `${serviceFolder(agentNode, name)}/service.json`;
  const check = { TCP: `${address}:${port}`, Interval: `${healthCheckSeconds}s`, Timeout: '1s' };
  const body = { Name: service, ID: `${service}-${container}`, Address: address, Port: port, Check: check };
  return {
    name,
    until: container,
    requires: 'consul',
    argv: ['sh', '-c', keepRegistered, 'register', file],
    files: { [file]: `${JSON.stringify({ Service: body }, undefined, 2)}\n` },
    ready: { kind: 'log', pattern: '^Registered service' },
    readyTimeoutMs,
    stopGraceMs,
  };
}

/** `tail` waits for nothing, and its command line says what for. */
const keepRegistered = `consul services register "$1" || exit
tail -f "$1" >/dev/null &
trap 'kill $!; consul services deregister "$1"; exit 0' TERM
wait`;

/** A web server in the container that says the container's name, so that whoever asks knows whom it has reached. */
export function namedServer(container: string, service: string, port: number): ServiceState {
  const folder = serviceFolder(container, `service-${service}`);
  return {
    name: `service-${service}`,
    argv: ['busybox', 'httpd', '-f', '-p', String(port), '-h', folder],
    files: { [`${folder}/index.html`]: `${container}\n` },
    ready: { kind: 'tcp', address: '127.0.0.1', port },
    readyTimeoutMs,
    stopGraceMs,
  };
}

/** Listening sockets that agents, resolvers and servers have: nothing that the strategy itself needs. */
export function listenersOf(ports: readonly number[], discovery: DiscoverySpec): readonly string[] {
  const served = ports.map((port) => `tcp/${port}`);
  if (discovery.kind === 'none') return served;
  const agentPorts = [8300, 8301, 8302, 8500, consulDnsPort].map((port) => `tcp/${port}`);
  return [...served, ...agentPorts, 'udp/8301', 'udp/8302', `udp/${consulDnsPort}`, 'tcp/53', 'udp/53'];
}
