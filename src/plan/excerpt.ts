/** A smaller lab of the same plan, to be built beside it: the very nodes, and fewer of them. Pure. */
import { parts } from '#lab/parts.js';
import type { NodeState, ServiceState } from '#lab/state.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Scenario } from '../scenario/scenario.js';
import { findStrategy } from '../strategy/index.js';
import { makePlan } from './make-plan.js';
import type { Plan } from './plan.js';

export interface ExcerptSize {
  /** The first ones. Where the plan has fewer than the least, a plan of the same strategy is made that has more. */
  readonly hosts: { readonly least: number; readonly most: number };
  /** Of each host, the first ones. */
  readonly containers: number;
}

export function excerpt(plan: Plan, size: ExcerptSize): Plan {
  if (plan.cluster.hosts.length < size.hosts.least) return reduced(enlarged(plan, size), size);
  return reduced(plan, size);
}

function enlarged({ scenario, strategy }: Plan, { hosts: { least }, containers }: ExcerptSize): Plan {
  const taken = scenario.cluster.hosts.map(({ name }) => name);
  const spare = Array.from({ length: 2 * least }, (_, i) => `h${i + 1}`).filter((name) => !taken.includes(name));
  const more = spare.slice(0, least - taken.length);
  const added = more.map((name) => ({ name, containers: namesOf(name, containers) }));
  const enough: Scenario = {
    ...scenario,
    cluster: { ...scenario.cluster, hosts: [...scenario.cluster.hosts, ...added] },
    services: [],
    discovery: { kind: 'none', agents: 'host' },
  };
  return makePlan(enough, findStrategy(strategy.name));
}

const namesOf = (host: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `${host}c${i + 1}` }));

function reduced(plan: Plan, { hosts: { most }, containers }: ExcerptSize): Plan {
  const hosts = plan.cluster.hosts
    .slice(0, most)
    .map((host) => ({ ...host, containers: host.containers.slice(0, containers) }));
  const chosen = new Set(hosts.flatMap(({ name, containers: own }) => [name, ...own.map((one) => one.name)]));
  const isKept = ({ name, role, services }: NodeState): boolean => {
    if (role === 'host' || role === 'container') return chosen.has(name);
    return role !== 'outsider' || services.length > 0;
  };
  const kept = plan.nodes.filter(isKept);
  const names = new Set(kept.map(({ name }) => name));
  const cluster: Cluster = {
    ...plan.cluster,
    hosts,
    outsiders: plan.cluster.outsiders.filter(({ name }) => names.has(name)),
  };
  return {
    ...plan,
    cluster,
    endpoints: plan.endpoints.filter(({ node }) => names.has(node)),
    nodes: kept.map((node) => withoutCablesBeyond(node, names)),
  };
}

/** What leads to nodes that are left out goes with them, and what stands on it or works for them. */
function withoutCablesBeyond(node: NodeState, names: ReadonlySet<string>): NodeState {
  const cut = node.links.filter((link) => link.kind === 'veth' && !names.has(link.peer.node));
  const links = new Set(cut.map(({ name }) => name));
  const isNeeded = ({ argv, ready, inside = node.name, until = node.name }: ServiceState): boolean =>
    names.has(inside) && names.has(until) && !(ready.kind === 'done' && argv.some((word) => links.has(word)));
  const services = node.services.filter(isNeeded);
  return { ...(links.size === 0 ? node : parts(node, links).others), services };
}
