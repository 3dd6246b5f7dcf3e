/** Puts the scenario's services, and the discovery of them, into the nodes that the strategy designed. Pure. */
import type { NodeState, ServiceState } from '#lab/state.js';
import type { Cluster, Container } from '../cluster/cluster.js';
import { servicesByContainer } from '../cluster/serving.js';
import type { NamedService, Scenario } from '../scenario/scenario.js';
import type { Requirement } from '../strategy/contract.js';
import { containerAgent, hostServices, listenersOf, namedServer, registration } from './consul.js';

/** What a strategy says under which address and port others reach a container's port, where that is not its own. */
export type Published = (container: Container, port: number) => { readonly address: string; readonly port: number };

const itself: Published = ({ ipv4 }, port) => ({ address: ipv4, port });

/** A container's services in the nodes that run them. */
export interface ServicesOf {
  readonly container: readonly ServiceState[];
  readonly host: readonly ServiceState[];
}

/** The nodes with services and agents added; the same nodes where the scenario names no service. */
export function withServices(
  scenario: Scenario,
  cluster: Cluster,
  nodes: readonly NodeState[],
  published: Published = itself,
): readonly NodeState[] {
  if (scenario.services.length === 0) return nodes;
  const servedBy = servicesByContainer(scenario.services);
  const added = new Map<string, ServiceState[]>();
  const add = (node: string, services: readonly ServiceState[]): void => {
    const known = added.get(node);
    if (known === undefined) added.set(node, [...services]);
    else known.push(...services);
  };
  for (const host of cluster.hosts) {
    if (scenario.discovery.kind === 'consul') add(host.name, hostServices(cluster, host));
    for (const container of host.containers) {
      const own = servicesOf(scenario.discovery, cluster, container, servedBy(container), published);
      add(container.name, own.container);
      add(host.name, own.host);
    }
  }
  return nodes.map((node) => ({ ...node, services: [...node.services, ...(added.get(node.name) ?? [])] }));
}

/**
 * What one container adds.
 * @param own services that it serves
 */
export function servicesOf(
  discovery: Scenario['discovery'],
  cluster: Cluster,
  container: Container,
  own: readonly NamedService[],
  published: Published = itself,
): ServicesOf {
  const servers = own.map(({ name, port }) => namedServer(container.name, name, port));
  if (discovery.kind === 'none') return { container: servers, host: [] };
  const isOwnAgent = discovery.agents === 'container';
  const registrations = own.map(({ name, port }) =>
    registration(isOwnAgent ? container.name : container.host, {
      service: name,
      container: container.name,
      ...published(container, port),
    }),
  );
  return isOwnAgent
    ? { container: [...servers, containerAgent(cluster, container), ...registrations], host: [] }
    : { container: servers, host: registrations };
}

/** What of the lab is the scenario's and not the strategy's: parts of command lines, and listening sockets. */
export function asideOf({ services, discovery }: Scenario): {
  readonly daemons: readonly string[];
  readonly listeners: readonly string[];
} {
  if (services.length === 0) return { daemons: [], listeners: [] };
  const ports = services.map(({ port }) => port);
  return { daemons: ['/discovery-', '/service-'], listeners: listenersOf(ports, discovery) };
}

/** Programs that the scenario's services need. Consul is not in Debian: without it the rest is measured all the same. */
export function serviceRequirements({ services, discovery }: Scenario): readonly Requirement[] {
  if (services.length === 0) return [];
  const server = {
    kind: 'binary',
    name: 'busybox',
    debianPackage: 'busybox',
    why: 'serves HTTP in containers',
  } as const;
  if (discovery.kind === 'none') return [server];
  return [
    server,
    { kind: 'binary', name: 'dnsmasq', debianPackage: 'dnsmasq-base', why: "hands containers' questions to the agent" },
    {
      kind: 'binary',
      name: 'consul',
      why: 'service discovery; without it that promise is not measured',
      optional: true,
    },
  ];
}
