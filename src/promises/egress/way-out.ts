/** How each container leaves the cluster: its gateway, and what world saw of it. */
import type { Family } from '#lab/sockets.js';
import { contains } from '../../address/prefix.js';
import type { Endpoint } from '../../plan/plan.js';
import type { FlowResult } from '../../check/flow.js';
import type { CheckContext } from '../../check/contract.js';
import { observeHolders } from '../../probes/holders.js';
import { type Gateway, gatewayOf } from './gateway.js';

/** A container's way out in one family. */
export interface WayOut {
  readonly container: Endpoint;
  readonly family: Family;
  /** By the container's own routing table. */
  readonly gateway: Gateway | undefined;
  /** Whether the gateway is the kind of node that the strategy says. */
  readonly isExpectedGateway: boolean;
  /** The address that world should see. */
  readonly expectedSource: string | undefined;
  readonly flows: readonly FlowResult[];
}

/** IPv6 too, where both ends have it. */
export function familiesOf(containers: readonly Endpoint[], world: Endpoint): readonly Family[] {
  const hasIpv6 = world.ipv6 !== undefined && containers.some(({ ipv6 }) => ipv6 !== undefined);
  return hasIpv6 ? ['ipv4', 'ipv6'] : ['ipv4'];
}

/** One for each container and family. */
export async function waysOut(
  { lab, plan }: CheckContext,
  families: readonly Family[],
  results: readonly FlowResult[],
): Promise<readonly WayOut[]> {
  const holders = await observeHolders(lab);
  const containers = new Map(results.map(({ from }) => [from.node, from]));
  const roles = new Map(plan.nodes.map(({ name, role }) => [name, role]));
  const ways = families.flatMap((family) =>
    [...containers.values()].map(async (container) => {
      const gateway = await gatewayOf(lab, holders, container, family);
      const isOwnHost = gateway?.node === container.host;
      const isRouter = gateway?.node !== undefined && roles.get(gateway.node) === 'router';
      const isExpectedGateway = { host: isOwnHost, router: isRouter, none: true }[plan.egress.gateway];
      const expectedSource = expectedSourceOf(plan, container, family);
      const flows = results.filter((result) => result.from.node === container.node && result.family === family);
      return { container, family, gateway, isExpectedGateway, expectedSource, flows };
    }),
  );
  return await Promise.all(ways);
}

function expectedSourceOf(
  { cluster, egress: { nat, gateway } }: CheckContext['plan'],
  container: Endpoint,
  family: Family,
): string | undefined {
  const host = cluster.hosts.find(({ name }) => name === container.host);
  const site = host === undefined ? undefined : cluster.sites[host.site];
  const own = container[family];
  // A router with NAT translates what its LAN's own addresses send, whatever the strategy does.
  const isOfLan = own !== undefined && site?.[family] !== undefined && contains(site[family], own);
  const translator = site?.router?.nat === true && (nat || isOfLan) ? site.router : undefined;
  if (!nat && translator === undefined) return own;
  if (translator === undefined && gateway === 'router')
    return family === 'ipv4' ? cluster.world.gatewayIpv4 : cluster.world.gatewayIpv6;
  const seen = translator ?? host;
  return family === 'ipv4' ? seen?.uplinkIpv4 : seen?.uplinkIpv6;
}
