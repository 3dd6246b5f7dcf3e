/**
 * Groups: containers that are kept apart from those of other groups, each group in a network of its own, as applications
 * that share hosts. Every group is a cluster of its own to its strategy; here their nodes are put together. Pure.
 */
import { groupBy } from '#lab/group-by.js';
import { repeated } from '#lab/repeated.js';
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
  const primary = new Map<string, Container>(
    all.flatMap((one) => ((one.interfaceNumber ?? 0) === 0 ? [[one.name, one]] : [])),
  );
  const hosts = first.hosts.map((host, i) => ({
    ...host,
    containers: (scenario.cluster.hosts[i]?.containers ?? []).flatMap(({ name }) => primary.get(name) ?? []),
  }));
  return { ...first, hosts };
}

/**
 * The nodes of all groups as one lab: what several of them want of a node alike is there once.
 * @throws PlanError when two want a link differently
 */
export function mergedNodes(designs: readonly (readonly NodeState[])[]): readonly NodeState[] {
  const versions = groupBy(designs.flat(), ({ name }) => name);
  return [...versions.values()].map(mergedNode);
}

function mergedNode(versions: readonly NodeState[]): NodeState {
  const [first, ...others] = versions as readonly [NodeState, ...NodeState[]];
  if (others.length === 0) return first;
  const links = distinct(versions.flatMap((node) => node.links));
  const [twin] = repeated(links.map(({ name }) => name));
  if (twin !== undefined)
    throw new PlanError([{ where: `${first.name}:${twin}`, message: 'two groups want it differently' }]);
  return {
    ...first,
    links,
    routes: distinct(versions.flatMap((node) => node.routes)),
    rules: distinct(versions.flatMap((node) => node.rules)),
    neighbours: distinct(versions.flatMap((node) => node.neighbours)),
    fdb: distinct(versions.flatMap((node) => node.fdb)),
    sysctls: Object.assign({}, ...versions.map((node) => node.sysctls)) as NodeState['sysctls'],
    nftables: [...new Set(versions.map((node) => node.nftables))].join(''),
    services: mergedServices(versions.flatMap((node) => node.services)),
  };
}

/** A switch's daemon is one for all groups, and has the bridges of all. */
function mergedServices(all: readonly ServiceState[]): readonly ServiceState[] {
  const switches = groupBy(
    all.filter((service) => service.switch !== undefined),
    ({ name }) => name,
  );
  const merged = all.map((service) =>
    service.switch === undefined
      ? service
      : {
          ...service,
          switch: {
            ...service.switch,
            bridges: distinct((switches.get(service.name) ?? []).flatMap((one) => one.switch?.bridges ?? [])),
          },
        },
  );
  return distinct(merged.filter((one, i) => one.switch === undefined || switches.get(one.name)?.[0] === all[i]));
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
