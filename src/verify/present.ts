/** A plan without what is not there: a host that has crashed takes its containers with it. */
import type { Lab } from '#lab/lab.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Plan } from '../plan/plan.js';
import { presentTree } from '../plan/pair-mtu.js';

/** What is left of the plan's nodes, and all that speaks of them; the same plan when nothing is gone. What is gone keeps no promise and breaks none. */
export function presentPlan(plan: Plan, { nodes }: Pick<Lab, 'nodes'>): Plan {
  const isThere = (name: string): boolean => nodes.has(name);
  if (plan.nodes.every(({ name }) => isThere(name))) return plan;
  const cut = <T extends { readonly cluster: Cluster; readonly endpoints: Plan['endpoints'] }>(view: T): T => ({
    ...view,
    cluster: presentCluster(view.cluster, isThere),
    endpoints: view.endpoints.filter(({ node }) => isThere(node)),
  });
  return {
    ...cut(plan),
    ...(plan.groups === undefined ? {} : { groups: plan.groups.map(cut) }),
    nodes: plan.nodes.filter(({ name }) => isThere(name)),
    // The others agree on another tree.
    ...(plan.mtu.tree === undefined ? {} : { mtu: { ...plan.mtu, tree: presentTree(plan.mtu.tree, isThere) } }),
  };
}

function presentCluster(cluster: Cluster, isThere: (name: string) => boolean): Cluster {
  const hosts = cluster.hosts.filter(({ name }) => isThere(name));
  return {
    ...cluster,
    hosts: hosts.map((host) => ({ ...host, containers: host.containers.filter(({ name }) => isThere(name)) })),
    outsiders: cluster.outsiders.filter(({ name }) => isThere(name)),
  };
}
