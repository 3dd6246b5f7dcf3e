import { LabError } from '#lab/errors.js';
import type { NodeState } from '#lab/state.js';
import type { Cluster } from '../cluster/cluster.js';
import { type Declarations, promised, promiseNames } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { asideOf, serviceRequirements, withServices } from '../discovery/decorate.js';
import type { Attachment, Design, Group, Infrastructure, Strategy } from '../strategy/contract.js';
import { withFollowingBridges } from './bridge-mtu.js';
import { digestOf } from './canonical.js';
import { type EndpointAddresses, endpointOf } from './endpoint.js';
import { type GroupScenario, groupScenarios, mergedNodes, wholeCluster } from './groups.js';
import type { Endpoint, GroupPlan, Plan, PublishedPort } from './plan.js';
import { PlanError } from './problem.js';
import { surroundingNeeds } from './surrounding-needs.js';
import { planProblems } from './validate.js';

/**
 * Everything that there is to know before a lab is built. Pure: the same scenario gives the same plan, digest included.
 * @throws LabError when the strategy refuses its parameters
 * @throws AddressError when the network cannot hold the cluster
 * @throws PlanError when the strategy's nodes contradict each other
 */
export function makePlan(scenario: Scenario, strategy: Strategy): Plan {
  const parts = groupScenarios(scenario).map((part) => ({
    ...part,
    ...designFor(part.scenario, strategy, part.group),
  }));
  const [{ parameters, design }] = parts as [Part, ...Part[]];
  const cluster = wholeCluster(
    scenario,
    parts.map((part) => part.design.cluster),
  );
  const published = design.published?.bind(design);
  const designed = mergedNodes(parts.map((part) => designedNodes(part.design)));
  const nodes = withFollowingBridges(withServices(scenario, cluster, designed, published));
  const problems = planProblems(nodes);
  if (problems.length > 0) throw new PlanError(problems);
  const body = {
    schemaVersion: 1,
    scenario,
    strategy: { name: strategy.name, title: strategy.title, parameters },
    cluster,
    promises: expected(scenario, { ...strategy.promises, ...discoveryPromise(scenario, strategy), ...design.promises }),
    requirements: requirementsOf(scenario, design, nodes),
    mtu: design.mtu,
    egress: design.egress,
    infrastructure: withAside(scenario, ofAll(parts.map((part) => part.design.infrastructure))),
    ...publishedPorts(scenario, cluster, published),
    ...(design.naming === undefined ? {} : { naming: design.naming }),
    ...(design.convergence === undefined ? {} : { convergence: design.convergence }),
    ...(design.recovery === undefined ? {} : { recovery: design.recovery }),
    endpoints: endpointsOf(cluster, nodes),
    ...groupsOf(parts, nodes),
    nodes,
  } as const;
  return { ...body, digest: digestOf(body) };
}

function requirementsOf(
  scenario: Scenario,
  { requirements }: Design,
  nodes: readonly NodeState[],
): Plan['requirements'] {
  return [...requirements, ...surroundingNeeds(nodes, requirements), ...serviceRequirements(scenario)];
}

interface Part extends GroupScenario {
  readonly design: Design;
  readonly parameters: Readonly<Record<string, unknown>>;
}

function groupsOf(parts: readonly Part[], nodes: readonly NodeState[]): Pick<Plan, 'groups'> {
  const groups = parts.flatMap(({ group, scenario, design: { cluster } }): GroupPlan[] =>
    group === undefined ? [] : [{ group, scenario, cluster, endpoints: endpointsOf(cluster, nodes) }],
  );
  return groups.length === 0 ? {} : { groups };
}

/**
 * The strategy bound to the scenario and its parameters, those with defaults filled in.
 * @throws LabError that lists what the strategy refuses
 */
export function designFor(
  scenario: Scenario,
  strategy: Strategy,
  group?: Group,
): { readonly design: Design; readonly parameters: Readonly<Record<string, unknown>> } {
  const parsed = strategy.parameters.safeParse(scenario.strategy.parameters);
  if (parsed.success) {
    const parameters = parsed.data as Readonly<Record<string, unknown>>;
    return { design: strategy.design(scenario, parsed.data, group), parameters };
  }
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`,
  );
  throw new LabError(`${strategy.name} refuses its parameters: ${issues.join('; ')}`);
}

/** The fabric with all containers attached; containers come right after their host. */
function designedNodes(design: Design): readonly NodeState[] {
  const attachments = new Map(
    design.cluster.hosts.map((host) => [host.name, host.containers.map((container) => design.attach(container))]),
  );
  return design.fabric().flatMap((node) => {
    const attached = attachments.get(node.name) ?? [];
    return [withAttached(node, attached), ...attached.map(({ container }) => container)];
  });
}

/** What one group needs, all have in common, or it comes on top. */
function ofAll(needs: readonly Infrastructure[]): Infrastructure {
  const [first, ...others] = needs as readonly [Infrastructure, ...Infrastructure[]];
  if (others.length === 0) return first;
  const union = (pick: (one: Infrastructure) => readonly string[]) => [...new Set(needs.flatMap(pick))];
  return {
    ...first,
    daemons: union(({ daemons }) => daemons),
    listeners: union(({ listeners }) => listeners),
    kernelFeatures: union(({ kernelFeatures }) => kernelFeatures),
  };
}

function withAside(scenario: Scenario, infrastructure: Infrastructure): Infrastructure {
  return scenario.services.length === 0 ? infrastructure : { ...infrastructure, aside: asideOf(scenario) };
}

/** That of the web, which is looked at in any case. */
const webPort = 80;

/** The ports that are looked at and that others reach elsewhere. */
function publishedPorts(
  { services }: Scenario,
  { hosts }: Cluster,
  published: Design['published'],
): Pick<Plan, 'published'> {
  if (published === undefined) return {};
  const ports = [...new Set([webPort, ...services.map(({ port }) => port)])];
  const found = hosts.flatMap(({ containers }) =>
    containers.flatMap((container) =>
      ports.flatMap((port): PublishedPort[] => {
        const { address, port: hostPort } = published(container, port);
        return address === container.ipv4 ? [] : [{ container: container.name, port, address, hostPort }];
      }),
    ),
  );
  return { published: found };
}

/** A scenario with discovery promises it, unless the strategy knows that it cannot hold. */
function discoveryPromise({ services, discovery }: Scenario, { promises }: Strategy): Partial<Declarations> {
  const isThere = services.length > 0 && discovery.kind !== 'none';
  if (!isThere || promises['service-discovery'].declared === 'absent') return {};
  return { 'service-discovery': promised(`the scenario has discovery: ${discovery.kind}`) };
}

function withAttached(node: NodeState, attached: readonly Attachment[]): NodeState {
  const gathered = <T>(base: readonly T[], pick: (host: Attachment['host']) => readonly T[] | undefined) => [
    ...base,
    ...attached.flatMap(({ host }) => pick(host) ?? []),
  ];
  return {
    ...node,
    links: gathered(node.links, ({ links }) => links),
    routes: gathered(node.routes, ({ routes }) => routes),
    neighbours: gathered(node.neighbours, ({ neighbours }) => neighbours),
    fdb: gathered(node.fdb, ({ fdb }) => fdb),
    rules: gathered(node.rules, ({ rules }) => rules),
    sysctls: Object.assign({}, node.sysctls, ...attached.map(({ host }) => host.sysctls)) as NodeState['sysctls'],
    services: gathered(node.services, ({ services }) => services),
  };
}

function expected({ expect }: Scenario, declared: Declarations): Declarations {
  const entries = promiseNames.map((name) => {
    const override = expect[name];
    if (override === undefined || override === declared[name].declared) return [name, declared[name]] as const;
    return [
      name,
      { declared: override, why: `the scenario expects it; the strategy says ${declared[name].declared}` },
    ] as const;
  });
  return Object.fromEntries(entries) as Declarations;
}

function endpointsOf(cluster: Cluster, nodes: readonly NodeState[]): readonly Endpoint[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const addressed: readonly EndpointAddresses[] = [
    ...cluster.hosts.flatMap((host) => [host, ...host.containers]),
    ...cluster.outsiders,
    cluster.world,
  ];
  return addressed.map((addresses) => {
    const node = byName.get(addresses.name);
    return endpointOf(node, addresses, byName.get(node?.sharesNetworkOf ?? addresses.name));
  });
}
