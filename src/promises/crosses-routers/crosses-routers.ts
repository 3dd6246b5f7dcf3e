/**
 * # crosses-routers
 *
 * What is promised between containers holds when the hosts are in different subnets behind routers.
 *
 * ## What it asks
 *
 * Does the design work across racks, datacenters or cloud networks, where no layer 2 is shared?
 *
 * ## How it is measured
 *
 * A small cluster of the same strategy with a router before each host is built beside the lab, and ICMP, TCP and UDP
 * are sent between containers of different hosts and from hosts to containers there. A lab that has routers already is
 * measured itself.
 *
 * ## Its limit
 *
 * A few hosts of one container each. Timers of protocols are waited for.
 *
 * ## What breaks it
 *
 * A flat bridge, macvlan or anything else that needs one segment; static routes that routers do not have; a tunnel
 * protocol that a router filters.
 *
 * ## What to do
 *
 * Use routes that the routers know (BGP), or a tunnel over UDP, or declare the promise absent.
 */
import { twoPopulatedHosts } from '../../check/lacks.js';
import type { CheckOutcome } from '../../result/result.js';
import type { Plan } from '../../plan/plan.js';
import type { FlowRequest, FlowResult } from '../../check/flow.js';
import type { Pair } from '../../flows/pairs.js';
import type { Check, CheckContext } from '../../check/contract.js';
import {
  allProtocols,
  type Direction,
  directionFromTo,
  directionsBetweenContainers,
} from '../../reachability/directions.js';
import { commonFamilies } from '../../probes/endpoint-choice.js';
import { failed, type Measured, overflowed, passed, skipped } from '../../check/outcome.js';
import { besideWithRouters } from './routed-beside.js';
import { routerEvidence, siteRouterOf } from './evidence.js';
import { counted, enumerate } from '../../check/words.js';

/** What a strategy promises of its containers holds with the hosts in different subnets, behind routers. */
export const crossesRouters: Check = {
  promise: 'crosses-routers',
  title:
    'ICMP, TCP and UDP between containers whose hosts are in different subnets, and from hosts to containers there',
  // Without routers of its own another cluster is built, which has two hosts.
  lacks: (plan) => (isRouted(plan) ? twoPopulatedHosts(plan) : undefined),
  sharing: ({ plan }) => (isRouted(plan) ? 'shared' : 'beside'),
  async measure(context) {
    if (isRouted(context.plan)) return await measureHere(context);
    return await besideWithRouters(context, measureHere);
  },
};

const isRouted = ({ cluster }: Plan): boolean => cluster.underlay.kind === 'routed';

/** Flows that cross routers, by kind. */
interface Crossing {
  readonly containers: readonly FlowResult[];
  /** From hosts; empty when containers do not even reach each other. */
  readonly hosts: readonly FlowResult[];
}

/** @param context of a lab with routers between its hosts; its plan says what is promised */
async function measureHere(context: CheckContext): Promise<CheckOutcome> {
  const containers = crossing(context, directionsBetweenContainers(context)[1]);
  if (containers.length === 0)
    return skipped(
      'fewer than two hosts have containers',
      'Give the scenario two hosts with a container each (cluster.hosts).',
    );
  const first = await context.flows.measure(requestsFor(containers, ['icmp']));
  if (!first.some(({ delivered }) => delivered)) return await judge(context, { containers: first, hosts: [] });
  const hosts = requestsFor(crossing(context, directionFromTo(context, 'host', 'container')), allProtocols);
  const others = requestsFor(containers, ['tcp', 'udp']);
  const results = await context.flows.measure([...others, ...hosts]);
  return await judge(context, {
    containers: [...first, ...results.slice(0, others.length)],
    hosts: results.slice(others.length),
  });
}

/** Pairs with a router in between. */
function crossing({ plan }: CheckContext, { pairs }: Direction): readonly Pair[] {
  return pairs.filter(({ from, to }) => siteRouterOf(plan, from) !== siteRouterOf(plan, to));
}

function requestsFor(pairs: readonly Pair[], protocols: readonly FlowRequest['protocol'][]): readonly FlowRequest[] {
  return pairs.flatMap(({ from, to }) =>
    commonFamilies(from, to).flatMap((family) => protocols.map((protocol) => ({ from, to, protocol, family }))),
  );
}

async function judge(context: CheckContext, { containers, hosts }: Crossing): Promise<CheckOutcome> {
  // What hosts do not promise on one LAN they need not keep across routers either.
  const counting = context.plan.promises['host-to-container'].declared === 'promised' ? hosts : [];
  const all = [...containers, ...counting];
  const lost = all.filter(({ delivered }) => !delivered);
  const measured = describe(context, containers, hosts);
  if (lost.length === 0) return passed(measured);
  if (lost.every((flow) => flow.overflowed))
    return overflowed(`${counted(lost.length, 'flow')} lost meanwhile`, measured);
  return failed(measured, await routerEvidence(context, all));
}

function describe({ plan }: CheckContext, containers: readonly FlowResult[], hosts: readonly FlowResult[]): Measured {
  const parts = [
    `${arrived(containers)} of ${counted(containers.length, 'flow')} between containers`,
    ...(hosts.length === 0 ? [] : [`${arrived(hosts)} of ${hosts.length} from hosts to containers`]),
  ];
  const routers = enumerate(plan.cluster.sites.flatMap(({ router }) => router?.name ?? []));
  const families = new Set(containers.map(({ family }) => family)).size === 1 ? 'IPv4' : 'IPv4 and IPv6';
  const protocols = hosts.length === 0 && arrived(containers) === 0 ? 'ICMP' : 'ICMP, TCP and UDP';
  return {
    summary: `${parts.join(' and ')} delivered across ${routers}`,
    coverage: `${counted(plan.cluster.hosts.length, 'host')}, both directions, ${families}, by ${protocols}`,
    observations: [
      { name: 'flowsMeasured', subject: 'between containers', value: containers.length },
      { name: 'flowsDelivered', subject: 'between containers', value: arrived(containers) },
      { name: 'flowsMeasured', subject: 'host to container', value: hosts.length },
      { name: 'flowsDelivered', subject: 'host to container', value: arrived(hosts) },
    ],
  };
}

function arrived(flows: readonly FlowResult[]): number {
  return flows.filter(({ delivered }) => delivered).length;
}
