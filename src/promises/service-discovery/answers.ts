/** What containers are told about a service by the resolver of their host, and whether that is true. */
import type { Lab } from '#lab/lab.js';
import type { NamedService } from '../../scenario/scenario.js';
import { consulDnsPort, datacenter } from '../../discovery/consul.js';
import type { Endpoint, Plan } from '../../plan/plan.js';
import type { Evidence } from '../../result/result.js';
import { type Reply, type Resolution, resolveName, type Resolver } from '../../probes/dns.js';
import type { CheckContext } from '../../check/contract.js';
import { enumerate } from '../../check/words.js';

const ANSWER_MS = 2_000;

/** A container that asks, and whom. */
export interface Client {
  readonly from: Endpoint;
  readonly resolver: Resolver;
  /** Node whose agent answers. */
  readonly agent: string;
}

/** One container of each host, with the resolver that it has. */
export function clientsOf({ scenario, cluster, endpoints }: Plan): readonly Client[] {
  const isOwn = scenario.discovery.agents === 'container';
  return cluster.hosts.flatMap((host) => {
    const from = endpoints.find((end) => end.role === 'container' && end.host === host.name);
    if (from === undefined) return [];
    const resolver = isOwn ? { address: '127.0.0.1', port: consulDnsPort } : { address: host.ipv4 };
    return [{ from, resolver, agent: isOwn ? from.node : host.name }];
  });
}

export const nameOf = (service: string): string => `${service}.service.${datacenter}.consul`;

/** What a client was told of a service. */
export interface Told {
  readonly client: Client;
  readonly service: NamedService;
  readonly a: Resolution;
  readonly srv: Resolution;
}

/** Every client asks for every service, all at once. */
export async function askEverybody(context: CheckContext, services: readonly NamedService[]): Promise<readonly Told[]> {
  return await Promise.all(
    clientsOf(context.plan).flatMap((client) =>
      services.map(async (service): Promise<Told> => {
        const [a, srv] = await Promise.all([
          ask(context, client, service.name, 'A'),
          ask(context, client, service.name, 'SRV'),
        ]);
        return { client, service, a, srv };
      }),
    ),
  );
}

export async function ask(
  { lab, signal }: { readonly lab: Lab; readonly signal: AbortSignal },
  { from, resolver }: Client,
  service: string,
  type: 'A' | 'SRV',
): Promise<Resolution> {
  return await resolveName(lab.node(from.node), resolver, { name: nameOf(service), type }, ANSWER_MS, signal);
}

/** What is wrong with the answers; one piece for each fault, however many were told of it. */
export function wrongAnswers({ plan }: CheckContext, told: readonly Told[]): readonly Evidence[] {
  const found = told.flatMap((one) => {
    if ('problem' in one.a) return [silent(one, one.a.problem)];
    if ('problem' in one.srv) return [silent(one, one.srv.problem)];
    return [
      ...missingFrom(plan, one, one.a.reply),
      ...strangersIn(plan, one, one.a.reply),
      ...wrongPorts(plan, one, one.srv.reply),
    ];
  });
  return [...new Map(found.map((one) => [one.message, one])).values()];
}

function silent({ client: { from, resolver, agent } }: Told, problem: string): Evidence {
  return {
    message: `the agent of ${agent} does not answer ${from.node}, which asks ${resolver.address}`,
    where: agent,
    expected: 'an answer from the resolver of its host',
    seen: problem,
  };
}

const addressOf = (plan: Plan, node: string): string => plan.endpoints.find((end) => end.node === node)?.ipv4 ?? '';

function missingFrom(plan: Plan, { service, client }: Told, reply: Reply): readonly Evidence[] {
  return service.containers
    .filter((container) => !reply.addresses.includes(addressOf(plan, container)))
    .map((container) => ({
      message: `${nameOf(service.name)} does not lead to ${container}, which serves it`,
      where: container,
      expected: addressOf(plan, container),
      seen: `${client.agent} says ${reply.addresses.length === 0 ? reply.code : enumerate(reply.addresses)}`,
    }));
}

function strangersIn(plan: Plan, { service, client }: Told, reply: Reply): readonly Evidence[] {
  const expected = service.containers.map((container) => addressOf(plan, container));
  return reply.addresses
    .filter((address) => !expected.includes(address))
    .map((address) => ({
      message: `${nameOf(service.name)} leads to ${address}, ${ownerWords(plan, address)}`,
      where: plan.endpoints.find(({ ipv4 }) => ipv4 === address)?.node ?? client.agent,
      expected: `the addresses of ${enumerate(service.containers)}: ${enumerate(expected)}`,
      seen: `${client.agent} says ${enumerate(reply.addresses)}`,
    }));
}

function ownerWords(plan: Plan, address: string): string {
  const owner = plan.endpoints.find(({ ipv4 }) => ipv4 === address);
  const host = plan.cluster.hosts.find(({ lanIpv4 }) => lanIpv4 === address);
  if (owner?.role === 'host' || host !== undefined)
    return `which is the host ${owner?.node ?? host?.name}: the container's own address is not what was registered`;
  return owner === undefined ? 'which nobody has' : `which is ${owner.node} and does not serve it`;
}

/** SRV records: the native port, and a target that the additional section leads to a container's own address. */
function wrongPorts(plan: Plan, { service, client }: Told, reply: Reply): readonly Evidence[] {
  const seen = reply.services.map(({ port, target }) => ({ port, addresses: reply.additional.get(target) ?? [] }));
  const evidence = (message: string, what: string): Evidence => ({
    message,
    where: client.agent,
    expected: `port ${service.port} of ${enumerate(service.containers)}`,
    seen: what,
  });
  const ports = seen.filter(({ port }) => port !== service.port).map(({ port }) => String(port));
  const known = service.containers.filter((container) =>
    seen.some(({ addresses }) => addresses.includes(addressOf(plan, container))),
  );
  return [
    ...(ports.length === 0
      ? []
      : [
          evidence(
            `the SRV records of ${nameOf(service.name)} give a port that the containers do not serve at`,
            enumerate(ports),
          ),
        ]),
    ...(ports.length > 0 || known.length === service.containers.length
      ? []
      : [
          evidence(
            `the SRV records of ${nameOf(service.name)} lead to ${known.length} of ${service.containers.length} containers`,
            enumerate(known) || 'none of them',
          ),
        ]),
  ];
}
