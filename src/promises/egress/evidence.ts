/** What went wrong on the way out, host by host. */
import { groupBy } from '#lab/group-by.js';
import type { Family } from '#lab/sockets.js';
import type { Evidence } from '../../result/result.js';
import type { FlowResult } from '../../check/flow.js';
import { differencesOf } from '../../blame/differences.js';
import { type FollowedTo, follow, losingRouter } from '../../blame/follow.js';
import type { CheckContext } from '../../check/contract.js';
import { endpointsOf } from '../../reachability/directions.js';
import { holderName, observeHolders } from '../../probes/holders.js';
import { counted, enumerate, protocolWords, tallied } from '../../check/words.js';
import type { WayOut } from './way-out.js';

const hostOf = ({ container }: WayOut): string => container.host ?? container.node;
const isLost = ({ delivered }: FlowResult): boolean => !delivered;
const lostOf = (ways: readonly WayOut[]): readonly FlowResult[] => ways.flatMap(({ flows }) => flows.filter(isLost));
const forwarding: Readonly<Record<Family, string>> = {
  ipv4: 'net.ipv4.ip_forward',
  ipv6: 'net.ipv6.conf.all.forwarding',
};
const familyNames: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** Groups of which a packet is followed: each costs the time of a lost probe. */
const followed = 2;

/** One piece of evidence per host and family from which something was lost, the most lossy first. */
export async function lostEgressEvidence(context: CheckContext, ways: readonly WayOut[]): Promise<readonly Evidence[]> {
  const groups = [...groupBy(ways, (way) => `${hostOf(way)} ${way.family}`).values()].filter(
    (group) => lostOf(group).length > 0,
  );
  const ordered = groups.toSorted((a, b) => lostOf(b).length - lostOf(a).length);
  const reaching = await hostsThatReachWorld(context, ordered.flat());
  const told = ordered.map(async (group, index) => {
    const [first] = group;
    const [flow] = lostOf(group);
    if (first === undefined || flow === undefined) return [];
    const like = `egress of ${hostOf(first)}`;
    const place = index < followed ? await follow(context, flow, like, lostOf(group).length) : undefined;
    return [await lostFrom(context, group, first, reaching, place)];
  });
  return (await Promise.all(told)).flat();
}

async function lostFrom(
  context: CheckContext,
  group: readonly WayOut[],
  first: WayOut,
  reaching: ReadonlySet<string>,
  place: FollowedTo | undefined,
): Promise<Evidence> {
  const { family } = first;
  const host = hostOf(first);
  const losing = group.filter(({ flows }) => flows.some(isLost));
  const lost = lostOf(group);
  const routeless = losing.filter(({ gateway }) => gateway === undefined).map(({ container }) => container.node);
  const own = losing.length < group.length || routeless.length > 0 ? losing.map(({ container }) => container.node) : [];
  // With NAT it is the host's fault when a router gets what it has no way back for.
  const router = context.plan.egress.nat ? undefined : losingRouter(context, place);
  const fallback = reaching.size === 0 ? undefined : host;
  const where = own.length > 0 ? enumerate(own) : router === undefined ? fallback : place?.where;
  return {
    message: `${enumerate(losing.map(({ container }) => container.node))} of ${host} cannot reach world by ${familyNames[family]} (${protocolWords(lost.map(({ protocol }) => protocol))}): ${counted(lost.length, 'flow')} lost`,
    ...(where === undefined ? {} : { where }),
    expected: `answers from world through ${gatewayWords(context)}${sourceWords(first)}`,
    seen: [
      tallied(lost.map(({ problem }) => problem ?? 'no answer')),
      ...(routeless.length > 0 ? [`no default route in ${enumerate(routeless)}`] : []),
      ...arrivals(lost),
      ...(place === undefined ? [] : [place.message]),
      ...(await forwardingNote(context, first)),
      reaching.has(`${host} ${family}`) ? `${host} itself reaches world` : `${host} itself does not reach world either`,
      ...(await differencesOf(context, [
        ...(router === undefined ? [] : [router]),
        ...own,
        host,
        ...(reaching.size === 0 ? outside(context) : []),
      ])),
    ].join('; '),
  };
}

const outside = ({ plan }: CheckContext): readonly string[] => [plan.cluster.router.name, plan.cluster.world.name];

function gatewayWords({ plan }: CheckContext): string {
  return { host: 'its own host', router: 'the router', none: 'no gateway' }[plan.egress.gateway];
}

function sourceWords({ expectedSource }: WayOut): string {
  return expectedSource === undefined ? '' : `, seen there as ${expectedSource}`;
}

/** What arrived but was not answered left with an address to which there is no way back. */
function arrivals(lost: readonly FlowResult[]): readonly string[] {
  const sources = lost.flatMap(({ seenSource }) => seenSource ?? []);
  if (sources.length === 0) return [];
  return [
    `world saw ${counted(sources.length, 'flow')} come from ${enumerate(sources)}, and its answers did not come back`,
  ];
}

async function forwardingNote({ lab }: CheckContext, { gateway, family }: WayOut): Promise<readonly string[]> {
  const name = forwarding[family];
  const value = (await lab.nodes.get(gateway?.node ?? '')?.sysctls([name]))?.[name];
  return value === '0' ? [`${gateway?.node} does not forward: ${name} is 0`] : [];
}

/** Tells a host that does not forward from one that has no way out itself, and from a router that is broken. */
async function hostsThatReachWorld(context: CheckContext, ways: readonly WayOut[]): Promise<ReadonlySet<string>> {
  const [to] = endpointsOf(context, 'world');
  if (to === undefined || ways.length === 0) return new Set();
  const hosts = endpointsOf(context, 'host').filter(({ node }) => ways.some((way) => hostOf(way) === node));
  const families = new Set(ways.map(({ family }) => family));
  const requests = [...families].flatMap((family) =>
    hosts.filter((from) => from[family] !== undefined).map((from) => ({ from, to, protocol: 'icmp' as const, family })),
  );
  const results = await context.flows.measure(requests);
  return new Set(results.filter(({ delivered }) => delivered).map(({ from, family }) => `${from.node} ${family}`));
}

/** World saw another address than the strategy says; grouped by host, family and address. */
export async function sourceEvidence(
  { lab, plan }: CheckContext,
  ways: readonly WayOut[],
): Promise<readonly Evidence[]> {
  const wrong = ways.flatMap((way) =>
    way.flows.flatMap((flow) =>
      flow.delivered && flow.seenSource !== undefined && flow.seenSource !== way.expectedSource
        ? [{ way, source: flow.seenSource, flow }]
        : [],
    ),
  );
  if (wrong.length === 0) return [];
  const holders = await observeHolders(lab);
  const groups = groupBy(wrong, ({ way, source }) => `${hostOf(way)} ${source}`).values();
  return [...groups].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const owners = holders.ofAddress(first.source);
    const whose = owners.length === 0 ? "nobody's" : `of ${enumerate(owners.map(holderName))}`;
    return [
      {
        message: `world saw ${enumerate(group.map(({ way }) => way.container.node))} as ${first.source} (${whose}): ${counted(group.length, 'flow')}`,
        where: hostOf(first.way),
        expected: `${first.way.expectedSource ?? 'nothing'}: ${plan.egress.why}`,
        seen: `${first.source} by ${protocolWords(group.map(({ flow }) => flow.protocol))}`,
      },
    ];
  });
}

/** The default route leads elsewhere than the strategy says. */
export function gatewayEvidence({ plan }: CheckContext, ways: readonly WayOut[]): readonly Evidence[] {
  const wrong = ways.filter(({ gateway, isExpectedGateway }) => gateway !== undefined && !isExpectedGateway);
  const groups = groupBy(wrong, (way) => `${hostOf(way)} ${way.gateway?.address}`).values();
  return [...groups].flatMap((group) => {
    const [first] = group;
    if (first?.gateway === undefined) return [];
    const names = enumerate(group.map(({ container }) => container.node));
    return [
      {
        message: `the default gateway of ${names} is ${first.gateway.address}, which is ${first.gateway.node ?? 'nobody'}'s`,
        where: names,
        expected: plan.egress.gateway === 'host' ? `an address of ${hostOf(first)}` : 'an address of a router',
        seen: first.gateway.where ?? 'no node of the lab has it',
      },
    ];
  });
}
