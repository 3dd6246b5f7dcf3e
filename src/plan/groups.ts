/**
 * Groups: containers that are kept apart from those of other groups, each group in a network of its own, as applications
 * that share hosts. Every group is a cluster of its own to its strategy; here their nodes are put together. Pure.
 */
import type { NodeState, ServiceState } from '#lab/state.js';
import type { Cluster, Container } from '../cluster/cluster.js';
import type { ContainerSpec, Scenario } from '../scenario/scenario.js';
import type { Group } from '../strategy/contract.js';
import { PlanError } from './problem.js';

/** The scenario as one of its groups sees it: only its own containers. */
export interface GroupScenario {
  /** Absent where the scenario names no groups. */
  readonly group?: Group;
  readonly scenario: Scenario;
}

/** Of containers that name none, where others do. */
const defaultGroup = 'default';

/** One for each group, in the order in which the scenario names them; the scenario itself where it names none. */
export function groupScenarios(scenario: Scenario): readonly GroupScenario[] {
  const { hosts } = scenario.cluster;
  const containers = hosts.flatMap((host) => host.containers);
  if (containers.every(({ groups }) => groups === undefined)) return [{ scenario }];
  const names = [...new Set(containers.flatMap(groupsOf))];
  return names.map((name, index) => ({
    group: { name, index },
    scenario: {
      ...scenario,
      cluster: {
        ...scenario.cluster,
        hosts: hosts.map((host) => ({ ...host, containers: membersOf(host.containers, name) })),
      },
    },
  }));
}

function groupsOf({ groups }: ContainerSpec): readonly string[] {
  return groups ?? [defaultGroup];
}

/** A container has one interface for each of its groups: eth0 for the first. */
function membersOf(containers: readonly ContainerSpec[], group: string): readonly ContainerSpec[] {
  return containers
    .filter((container) => groupsOf(container).includes(group))
    .map((container) => ({ ...container, interfaceNumber: groupsOf(container).indexOf(group) }));
}

/** The cluster with every container once, as its first group has it. */
export function wholeCluster(scenario: Scenario, clusters: readonly Cluster[]): Cluster {
  const [first, ...others] = clusters as readonly [Cluster, ...Cluster[]];
  if (others.length === 0) return first;
  const all = clusters.flatMap(({ hosts }) => hosts.flatMap(({ containers }) => containers));
  const primary = (name: string): readonly Container[] =>
    all.filter((container) => container.name === name && (container.interfaceNumber ?? 0) === 0);
  const hosts = first.hosts.map((host, i) => ({
    ...host,
    containers: (scenario.cluster.hosts[i]?.containers ?? []).flatMap(({ name }) => primary(name)),
  }));
  return { ...first, hosts };
}

/**
 * The nodes of all groups as one lab: what several of them want of a node alike is there once.
 * @throws PlanError when two want a link differently
 */
export function mergedNodes(designs: readonly (readonly NodeState[])[]): readonly NodeState[] {
  const merged = new Map<string, NodeState>();
  for (const node of designs.flat()) {
    const known = merged.get(node.name);
    merged.set(node.name, known === undefined ? node : mergedNode(known, node));
  }
  return [...merged.values()];
}

function mergedNode(a: NodeState, b: NodeState): NodeState {
  const links = distinct([...a.links, ...b.links]);
  const twin = links.find(({ name }, i) => links.findIndex((other) => other.name === name) < i);
  if (twin !== undefined)
    throw new PlanError([{ where: `${a.name}:${twin.name}`, message: 'two groups want it differently' }]);
  return {
    ...a,
    links,
    routes: distinct([...a.routes, ...b.routes]),
    rules: distinct([...a.rules, ...b.rules]),
    neighbours: distinct([...a.neighbours, ...b.neighbours]),
    fdb: distinct([...a.fdb, ...b.fdb]),
    sysctls: { ...a.sysctls, ...b.sysctls },
    nftables: a.nftables === b.nftables ? a.nftables : a.nftables + b.nftables,
    services: mergedServices(a.services, b.services),
  };
}

/** A switch's daemon is one for all groups, and has the bridges of all. */
function mergedServices(a: readonly ServiceState[], b: readonly ServiceState[]): readonly ServiceState[] {
  const bridgesOf = (name: string) => b.find((one) => one.name === name)?.switch?.bridges ?? [];
  const shared = a.map((service) =>
    service.switch === undefined
      ? service
      : {
          ...service,
          switch: {
            ...service.switch,
            bridges: distinct([...service.switch.bridges, ...bridgesOf(service.name)]),
          },
        },
  );
  const switches = new Set(shared.filter((service) => service.switch !== undefined).map(({ name }) => name));
  return distinct([...shared, ...b.filter(({ name }) => !switches.has(name))]);
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
