/** Who asks for which container's name, and whether the answer is right. */
import { isUnspecified, sameAddress } from '../../address/ip.js';
import type { Endpoint } from '../../plan/plan.js';
import type { Naming } from '../../strategy/contract.js';
import { type Resolution, resolveName } from '../../probes/dns.js';
import { leasedResolvers } from '../../probes/lease-record.js';
import type { CheckContext } from '../../check/contract.js';
import { containersByHost, containersOf, spread } from '../../probes/endpoint-choice.js';

/** A node that asks, and whom. */
export interface Client {
  readonly node: string;
  /** Absent when it has been told none. */
  readonly resolver?: string;
}

/** A question with what came back. */
export interface Asked {
  readonly client: Client;
  readonly container: Endpoint;
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  readonly expected: string;
  /** Addresses of the answer, or why there is none. */
  readonly seen: string;
  readonly isRight: boolean;
  /** Somebody did answer, be it that there is no such name. */
  readonly isAnswered: boolean;
}

const MOST_CONTAINERS = 32;
const MOST_CLIENTS = 8;
/** A resolver on the LAN answers from its memory; the question is repeated meanwhile. */
const ANSWER_MS = 1_000;

export function nameOf({ domain }: Naming, container: string): string {
  return `${container}.${domain}`;
}

/** A container of each host, by the resolver that its lease names, and outsiders, by the one that the plan names. */
export async function clientsOf({ plan, lab }: CheckContext, naming: Naming): Promise<readonly Client[]> {
  const containers = [...containersByHost(plan).values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  const inside = containers.map(async ({ node }) => {
    const [resolver] = leaseBound(lab, node) ? await leasedResolvers(lab, node) : [naming.resolver];
    return { node, ...(resolver === undefined ? {} : { resolver }) };
  });
  const outside = plan.endpoints.filter(({ role }) => role === 'outsider');
  return [
    ...spread(await Promise.all(inside), MOST_CLIENTS),
    ...spread(outside, MOST_CLIENTS).map(({ node }) => ({ node, resolver: naming.resolver })),
  ];
}

function leaseBound({ nodes }: CheckContext['lab'], node: string): boolean {
  return [...nodes.values()].some(({ state }) =>
    state.services.some(({ lease, inside }) => lease !== undefined && inside === node),
  );
}

/** Everybody asks for every container. */
export async function askAll(
  context: CheckContext,
  naming: Naming,
  clients: readonly Client[],
): Promise<readonly Asked[]> {
  const containers = spread(containersOf(context.plan), MOST_CONTAINERS);
  const asked = clients.map(async (client) => {
    const own: Asked[] = [];
    for (const container of containers)
      for (const type of typesOf(container)) own.push(await askFor(context, naming, client, container, type));
    return own;
  });
  return (await Promise.all(asked)).flat();
}

function typesOf({ ipv6 }: Endpoint): ReadonlyArray<'A' | 'AAAA'> {
  return ipv6 === undefined ? ['A'] : ['A', 'AAAA'];
}

export async function askFor(
  context: CheckContext,
  naming: Naming,
  client: Client,
  container: Endpoint,
  type: 'A' | 'AAAA',
): Promise<Asked> {
  const expected = (type === 'A' ? container.ipv4 : container.ipv6) ?? '';
  const name = nameOf(naming, container.node);
  const { seen, addresses, isAnswered } = await answerTo(context, client, name, type);
  const isRight =
    !isUnspecified(expected) && addresses.length > 0 && addresses.every((address) => sameAddress(address, expected));
  return { client, container, name, type, expected, seen, isRight, isAnswered };
}

async function answerTo(
  { lab, signal }: CheckContext,
  { node, resolver }: Client,
  name: string,
  type: 'A' | 'AAAA',
): Promise<Pick<Asked, 'seen' | 'isAnswered'> & { readonly addresses: readonly string[] }> {
  if (resolver === undefined)
    return { seen: 'no resolver to ask: its lease names none', addresses: [], isAnswered: false };
  const resolution: Resolution = await resolveName(
    lab.node(node),
    { address: resolver },
    { name, type },
    ANSWER_MS,
    signal,
  );
  if ('problem' in resolution) return { seen: resolution.problem, addresses: [], isAnswered: false };
  const { code, addresses } = resolution.reply;
  return { seen: addresses.length === 0 ? `${code}, no address` : addresses.join(', '), addresses, isAnswered: true };
}
