/** Addresses that only a lease or a router advertisement tells: waited for, and put into the plan. */
import { isUnspecified } from '../address/ip.js';
import { canonicalInterface, isLinkLocal } from '../plan/drift-address.js';
import type { Lab } from '#lab/lab.js';
import type { NodeState } from '#lab/state.js';
import { observedLink } from '../probes/observed-link.js';
import { heldLeases, type HeldLease } from '../probes/lease-record.js';
import { patiently } from '../probes/patience.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Endpoint, Plan } from '../plan/plan.js';

/** Without any news for so long nothing more is expected: clients ask every second, hosts for routers every 4 s. */
const QUIET_MS = 6_000;
/** However much news there is. */
const LIMIT_MS = 60_000;

/** The addresses of an endpoint's interface as the kernel has them, with prefix length. */
interface Leased {
  readonly ipv4?: string;
  readonly ipv6?: string;
}

/**
 * Waits until the endpoints have the addresses that the plan leaves open.
 * @returns endpoints with their real addresses; one that has got none in time keeps the unspecified one
 */
export async function awaitLeases(
  lab: Lab,
  endpoints: readonly Endpoint[],
  signal: AbortSignal,
  quietMs = QUIET_MS,
): Promise<readonly Endpoint[]> {
  const open = new Set(endpoints.filter(isIncomplete));
  if (open.size === 0) return endpoints;
  const look = async (endpoint: Endpoint): Promise<Endpoint> => withAddresses(endpoint, await observed(lab, endpoint));
  let lastNewsMs = performance.now();
  const isDone = async (): Promise<boolean> => {
    const arrived = [...open].map(async (endpoint) => {
      if (isIncomplete(await look(endpoint)) || (await hasNoRoute(lab, endpoint))) return;
      open.delete(endpoint);
      lastNewsMs = performance.now();
    });
    await Promise.all(arrived);
    return open.size === 0 || performance.now() - lastNewsMs > quietMs;
  };
  await patiently(isDone, LIMIT_MS, signal);
  return await Promise.all(endpoints.map(look));
}

/** Waits for what the plan leaves open. @returns the same as {@link leasedNow}, then */
export async function leasedPlan(plan: Plan, lab: Lab, signal: AbortSignal, quietMs = QUIET_MS): Promise<Plan> {
  await awaitLeases(lab, plan.endpoints, signal, quietMs);
  return await leasedNow(plan, lab);
}

/**
 * The plan with the addresses that the lab's containers have been given by now, and with the addresses and default routes that
 * their leases speak of, whether they are there or not; the same plan where it leaves none open.
 */
export async function leasedNow(plan: Plan, lab: Lab): Promise<Plan> {
  const open = plan.endpoints.filter(isIncomplete);
  if (open.length === 0) return plan;
  const leased = await Promise.all(open.map(async (end) => ({ end, own: await observed(lab, end) })));
  const held = await heldLeases(lab);
  const changed = new Map(leased.map(({ end, own }) => [end.node, withAddresses(end, own)]));
  const given = new Map(leased.map(({ end, own }) => [end.node, { link: end.link, ...own }]));
  return {
    ...plan,
    endpoints: plan.endpoints.map((end) => changed.get(end.node) ?? end),
    cluster: withContainers(plan.cluster, changed),
    nodes: plan.nodes.map((node) => withHeld(withLeasedLink(node, given.get(node.name)), held.get(node.name))),
  };
}

/** Does it lack an address that it should have been given? */
export function isIncomplete({ ipv4, ipv6 }: Endpoint): boolean {
  return isUnspecified(ipv4) || (ipv6 !== undefined && isUnspecified(ipv6));
}

async function observed(lab: Lab, end: Endpoint): Promise<Leased> {
  const addresses = (await observedLink(lab, end))?.addresses ?? [];
  const own = addresses.filter((address) => !isLinkLocal(address));
  const [ipv4, ipv6] = [own.find((address) => !address.includes(':')), own.find((address) => address.includes(':'))];
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

/** An address may be advertised before the way out is, by another machine: that is waited for as well. */
async function hasNoRoute(lab: Lab, { node, ipv6 }: Endpoint): Promise<boolean> {
  if (ipv6 === undefined) return false;
  const routes = (await lab.nodes.get(node)?.observe())?.routes ?? [];
  return !routes.some(
    ({ destination, via }) => via?.includes(':') === true && /^(?:default|::\/0)$/u.test(destination),
  );
}

function withAddresses(endpoint: Endpoint, leased: Leased): Endpoint {
  return {
    ...endpoint,
    ipv4: isUnspecified(endpoint.ipv4) ? bare(leased.ipv4 ?? endpoint.ipv4) : endpoint.ipv4,
    ...(endpoint.ipv6 !== undefined && isUnspecified(endpoint.ipv6)
      ? { ipv6: bare(leased.ipv6 ?? endpoint.ipv6) }
      : {}),
  };
}

function bare(address: string): string {
  return address.split('/', 1)[0] ?? address;
}

function withContainers(cluster: Cluster, changed: ReadonlyMap<string, Endpoint>): Cluster {
  const hosts = cluster.hosts.map((host) => ({
    ...host,
    containers: host.containers.map((container) => {
      const { ipv4 = container.ipv4, ipv6 } = changed.get(container.name) ?? {};
      return { ...container, ipv4, ...(ipv6 === undefined ? {} : { ipv6 }) };
    }),
  }));
  return { ...cluster, hosts };
}

function withLeasedLink(node: NodeState, given: (Leased & { readonly link: string }) | undefined): NodeState {
  if (given === undefined) return node;
  const addresses = [given.ipv4, given.ipv6].filter((address) => address !== undefined);
  return { ...node, links: node.links.map((link) => (link.name === given.link ? { ...link, addresses } : link)) };
}

/** What leases say that the node should have. */
function withHeld(node: NodeState, held: readonly HeldLease[] = []): NodeState {
  return held.reduce((state, { lease, record: { NetworkSettings: given } }) => {
    const address = canonicalInterface(`${given['IPAddress']}/${given['IPPrefixLen']}`);
    const links = state.links.map((link) =>
      link.name !== lease.link || link.addresses.map(canonicalInterface).includes(address)
        ? link
        : { ...link, addresses: [...link.addresses, address] },
    );
    const via = given['Gateway'] ?? '';
    const routes = via === '' ? [] : [{ destination: 'default', via, link: lease.link }];
    return { ...state, links, routes: [...state.routes, ...routes] };
  }, node);
}
