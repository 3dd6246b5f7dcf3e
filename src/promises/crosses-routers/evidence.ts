/** Where what should cross routers ends. */
import { groupBy } from '#lab/group-by.js';
import type { Endpoint, Plan } from '../../plan/plan.js';
import type { Evidence } from '../../result/result.js';
import type { FlowResult } from '../../check/flow.js';
import { siteOf } from '../../blame/scopes.js';
import type { CheckContext } from '../../check/contract.js';
import { follow } from '../../blame/follow.js';
import { enumerate, flowWords, protocolWords, tallied } from '../../check/words.js';

/** Groups for which a packet is followed: each takes a tap in every node on the way. Where all is lost, one tells. */
const followed = { some: 4, all: 1 } as const;

/** Name of the router between an endpoint's host and the others; undefined for what is behind none. */
export function siteRouterOf({ cluster }: Plan, endpoint: Endpoint): string | undefined {
  const host = cluster.hosts.find(({ name }) => name === siteOf(endpoint));
  return host === undefined ? undefined : cluster.sites[host.site]?.router?.name;
}

/** One piece of evidence for what containers, and one for what the host behind each router sends. */
export async function routerEvidence(
  context: CheckContext,
  results: readonly FlowResult[],
): Promise<readonly Evidence[]> {
  const groups = groupBy(results, ({ from }) => `${siteRouterOf(context.plan, from)} ${from.role}`);
  const broken = [...groups.values()].filter((flows) => flows.some(({ delivered }) => !delivered));
  const most = results.some(({ delivered }) => delivered) ? followed.some : followed.all;
  return await Promise.all(broken.map((flows, index) => evidenceOf(context, flows, index < most)));
}

async function evidenceOf(context: CheckContext, flows: readonly FlowResult[], isFollowed: boolean): Promise<Evidence> {
  const lost = flows.filter(({ delivered }) => !delivered);
  const [first] = lost as [FlowResult, ...FlowResult[]];
  const like = `behind ${siteRouterOf(context.plan, first.from)}`;
  const place = isFollowed ? await follow(context, first, like, lost.length) : undefined;
  const router = routerAt(context, place?.where);
  const senders = `${enumerate(lost.map(({ from }) => from.node))} behind ${siteRouterOf(context.plan, first.from)}`;
  const end = router === undefined ? '' : `: it ends at the router ${router}`;
  return {
    message: `${shareWords(flows, lost)} from ${senders} to another subnet is delivered${end}`,
    ...(place?.where === undefined ? {} : { where: place.where }),
    expected: `${enumerate(lost.map(({ to }) => to.node))} reached by ${protocolWords(lost.map(({ protocol }) => protocol))}`,
    seen: [
      `${tallied(lost.map(({ problem }) => problem ?? 'no answer'))}, as in ${flowWords(first)}`,
      ...thiefWords(first),
      ...(place === undefined ? [] : [place.message]),
    ].join('; '),
  };
}

/** Somebody else has the address, too. */
function thiefWords({ receivedBy }: FlowResult): readonly string[] {
  return receivedBy.length === 0 ? [] : [`${enumerate(receivedBy)} received it instead`];
}

/** `nothing`, `nothing by IPv6`, or how many flows were lost. */
function shareWords(flows: readonly FlowResult[], lost: readonly FlowResult[]): string {
  const families = new Set(lost.map(({ family }) => family));
  const same = flows.filter(({ family }) => families.has(family));
  const by = same.length === flows.length ? '' : ` by ${families.has('ipv4') ? 'IPv4' : 'IPv6'}`;
  return lost.length === same.length ? `nothing${by}` : `not all (${flows.length - lost.length} of ${flows.length})`;
}

/** The router of which a place is an interface. */
function routerAt({ lab }: CheckContext, where: string | undefined): string | undefined {
  const node = where?.split(':', 1)[0];
  return node !== undefined && lab.nodes.get(node)?.state.role === 'router' ? node : undefined;
}
