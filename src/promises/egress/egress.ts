/**
 * # egress
 *
 * Containers reach the world beyond the LAN's router, through the gateway and with the source address that the design
 * says.
 *
 * ## What it asks
 *
 * Do containers get out, which way, and who do servers outside think they are?
 *
 * ## How it is measured
 *
 * ICMP, TCP and UDP go from every container to `world`, a node beyond router r1, in each family. The gateway is read
 * from the container's own routing table, and `world`'s socket tells the source address that it saw.
 *
 * ## Its limit
 *
 * One server, one hop beyond the router. What happens on the real internet is not part of the lab.
 *
 * ## What breaks it
 *
 * ip_forward off on the host, a FORWARD policy of DROP, a missing masquerade where the LAN has no way back, a default
 * route to the wrong gateway.
 *
 * ## What to do
 *
 * Evidence is grouped by host. "Arrived but not answered" means that the way back is missing (NAT or a route on the
 * router); "not arrived" names where it ended.
 */
import type { CheckOutcome, Evidence, Observation } from '../../result/result.js';
import { aContainer } from '../../check/lacks.js';
import type { FlowResult } from '../../check/flow.js';
import type { Check, CheckContext } from '../../check/contract.js';
import {
  allProtocols,
  coverageOf,
  directionFromTo,
  endpointsOf,
  repeatNote,
  requestsFor,
} from '../../reachability/directions.js';
import { failed, type Measured, overflowed, passed, skipped } from '../../check/outcome.js';
import { gatewayEvidence, lostEgressEvidence, sourceEvidence } from './evidence.js';
import { familiesOf, type WayOut, waysOut } from './way-out.js';
import { counted } from '../../check/words.js';

/** Containers reach a node beyond the LAN's router through their default route, as the strategy says. */
export const egress: Check = {
  promise: 'egress',
  forEveryContainer: true,
  lacks: aContainer,
  title:
    'ICMP, TCP and UDP from every container to world, the default gateway it takes, and the source that world sees',
  sharing: 'shared',
  measure,
};

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const direction = directionFromTo(context, 'container', 'world');
  const [world] = endpointsOf(context, 'world');
  if (world === undefined || direction.pairs.length === 0)
    return skipped('there is no container, or no node beyond the router', 'Give the scenario a container.');
  const families = familiesOf(
    direction.pairs.map(({ from }) => from),
    world,
  );
  const requests = families.flatMap((family) => requestsFor([direction], allProtocols, family));
  const results = await context.flows.measure(requests);
  const ways = await waysOut(context, families, results);
  const measured: Measured = {
    summary: summaryOf(ways, results),
    coverage: `${coverageOf([direction], allProtocols)}${families.length > 1 ? ', over IPv4 and IPv6' : ''}${repeatNote(results)}`,
    observations: observationsOf(ways, results),
  };
  return await judge(context, ways, measured);
}

async function judge(context: CheckContext, ways: readonly WayOut[], measured: Measured): Promise<CheckOutcome> {
  const lost = ways.flatMap(({ flows }) => flows.filter(({ delivered }) => !delivered));
  const doubtful = lost.filter((flow) => flow.overflowed);
  const proven = ways.map((way) => ({ ...way, flows: way.flows.filter((flow) => !doubtful.includes(flow)) }));
  const evidence = [
    ...(await lostEgressEvidence(context, proven)),
    ...(await sourceEvidence(context, proven)),
    ...gatewayEvidence(context, proven),
  ] satisfies Evidence[];
  if (evidence.length > 0) return failed(measured, evidence);
  if (doubtful.length > 0) return overflowed(`${counted(doubtful.length, 'flow')} to world lost meanwhile`, measured);
  return passed(measured);
}

function summaryOf(ways: readonly WayOut[], results: readonly FlowResult[]): string {
  const lost = results.filter(({ delivered }) => !delivered).length;
  const sources = new Set(results.map(({ seenSource }) => seenSource));
  if (lost > 0) return `${lost} of ${counted(results.length, 'flow')} to world were not delivered`;
  const translated = ways.some(({ container, flows, family }) =>
    flows.some(({ seenSource }) => seenSource !== undefined && seenSource !== container[family]),
  );
  const seen = translated ? `with NAT, as ${counted(sources.size, 'address', 'addresses')}` : 'without NAT';
  return `all ${counted(results.length, 'flow')} to world were delivered and answered, ${seen}`;
}

/** Per host, not per container: they all leave by the same gateway. */
function observationsOf(ways: readonly WayOut[], results: readonly FlowResult[]): readonly Observation[] {
  const facts = ways.flatMap(({ container, family, gateway, flows }) => {
    const subject = container.host ?? container.node;
    const sources = [...new Set(flows.flatMap(({ seenSource }) => seenSource ?? []))];
    const name = gateway?.where === undefined ? '' : ` (${gateway.where})`;
    return [
      { name: `gateway-${family}`, subject, value: gateway === undefined ? 'none' : gateway.address + name },
      ...sources.map((value) => ({ name: `sourceSeenByWorld-${family}`, subject, value })),
    ];
  });
  const distinct = new Map(facts.map((fact) => [JSON.stringify(fact), fact]));
  const delivered = results.filter((result) => result.delivered).length;
  return [
    { name: 'flowsMeasured', value: results.length },
    { name: 'flowsDelivered', value: delivered },
    ...distinct.values(),
  ];
}
