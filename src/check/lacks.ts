/** What a cluster may lack for a promise to be about anything. Pure: it is told from the plan, before anything is measured. */
import type { Host } from '../cluster/cluster.js';
import type { PromiseName } from '../declaration/promise.js';
import type { Plan } from '../plan/plan.js';

type Lack = (plan: Plan) => string | undefined;

const populated = ({ cluster }: Plan): readonly Host[] =>
  cluster.hosts.filter(({ containers }) => containers.length > 0);

/** For promises about every container. */
export const aContainer: Lack = (plan) => (populated(plan).length > 0 ? undefined : 'the cluster has no container');

/** For promises about what goes from one container to another. */
export const twoContainers: Lack = (plan) => {
  const count = populated(plan).reduce((sum, { containers }) => sum + containers.length, 0);
  return count > 1 ? undefined : 'the cluster has fewer than two containers';
};

/** For promises about what containers of one host share. */
export const neighbours: Lack = (plan) =>
  populated(plan).some(({ containers }) => containers.length > 1) ? undefined : 'no host has two containers';

/** For promises about what goes between hosts. */
export const twoPopulatedHosts: Lack = (plan) =>
  populated(plan).length > 1 ? undefined : 'fewer than two hosts have containers';

/** For promises about the wire that containers send on: those that share one network send nothing to each other on any. */
export const aWireBetween: Lack = (plan) =>
  plan.cluster.containerAddresses === 'host' ? twoPopulatedHosts(plan) : aContainer(plan);

/** For promises about whom containers talk to, as far as the strategy leaves the way open. */
export const anOpenWay: Lack = (plan) => {
  const isOpen = (name: PromiseName): boolean => plan.promises[name].declared !== 'absent';
  const { outsiders } = plan.cluster;
  const isThere =
    (twoContainers(plan) === undefined && isOpen('container-to-container')) ||
    (outsiders.length > 0 && isOpen('lan-reachable')) ||
    isOpen('host-to-container') ||
    isOpen('container-to-host');
  return aContainer(plan) ?? (isThere ? undefined : 'nobody is there whom the only container could talk to');
};

/** The same where closed ways are tried as well: what a host does not reach in itself it may reach in others. */
export const somebodyToTalkTo: Lack = (plan) => (plan.cluster.hosts.length > 1 ? aContainer : anOpenWay)(plan);

/** For promises about the LAN around the cluster. */
export const anOutsider: Lack = (plan) =>
  plan.cluster.outsiders.length === 0 ? 'the cluster has no outsider' : aContainer(plan);

/** For promises about the second family. */
export const ipv6: Lack = (plan) => (plan.scenario.cluster.ipv6 ? aContainer(plan) : 'the cluster has no IPv6');
