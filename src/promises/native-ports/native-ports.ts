/**
 * # native-ports
 *
 * Several containers of one host serve the same port, each on its own address.
 *
 * ## What it asks
 *
 * Does nobody have to hand out ports: can two web servers of one host both use port 80?
 *
 * ## How it is measured
 *
 * Up to eight containers of each host serve the same well-known port by TCP and UDP at once. A container of another
 * host and a machine of the LAN ask each of them, and the answer says who gave it.
 *
 * ## Its limit
 *
 * Hosts with a single container have nothing to share. Up to eight containers per host serve.
 *
 * ## What breaks it
 *
 * Containers that share their host's address (port mapping, `--net host`): the second one gets EADDRINUSE, or another
 * container answers.
 *
 * ## What to do
 *
 * Give containers addresses of their own. Where ports are published at the host's address, the report lists which
 * published port led to which container.
 */
import { groupBy } from '#lab/group-by.js';
import { neighbours } from '../../check/lacks.js';
import type { Endpoint } from '../../plan/plan.js';
import type { CheckOutcome } from '../../result/result.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { endpointsOf, lanNeighbours } from '../../reachability/directions.js';
import { failed, type Measured, overflowed, passed, skipped } from '../../check/outcome.js';
import { inWindows } from '../../flows/in-windows.js';
import { askPublished, type PublishedFindings } from './published.js';
import { askAll, type ServiceAnswer, type ServiceRequest } from './clients.js';
import { serviceEvidence } from './evidence.js';
import { type Collision, serveEverywhere, nativePorts as wellKnownPorts } from './services.js';
import { counted, enumerate } from '../../check/words.js';

/** Several containers of one host serve the same port, each on its own address: nobody manages ports. */
export const nativePorts: Check = {
  promise: 'native-ports',
  forEveryContainer: true,
  lacks: neighbours,
  title: 'the same port served by several containers of each host, each reached on its own address by TCP and UDP',
  sharing: 'shared',
  measure,
};

/** Containers of a host that serve: two prove that they do not share, eight are plenty. */
const serversPerHost = 8;

async function measure(context: CheckContext): Promise<CheckOutcome> {
  const perHost = groupBy(endpointsOf(context, 'container'), ({ host = '' }) => host);
  const sharing = [...perHost.values()].filter(({ length }) => length > 1);
  if (sharing.length === 0)
    return skipped('no host has two containers that could serve the same port', 'Give a host at least two containers.');
  const servers = sharing.flatMap((containers) => containers.slice(0, serversPerHost));
  const taken: string[] = [];
  const services = await serveEverywhere(
    context.lab,
    servers.map(({ node }) => node),
    taken,
  );
  if (services === undefined)
    return skipped(
      `something listens already at each port that was tried: ${enumerate(taken)}`,
      `Free one of the ports ${enumerate(wellKnownPorts.map(String))}.`,
    );
  if ('refused' in services) return collided(services, servers);
  try {
    const requests = requestsTo(context, servers);
    const { answers, isOverflowed } = await askInWindows(context, services.port, requests);
    const published = await askPublished(context, services.port, servers);
    const measured = describe(context, services, perHost, answers, published);
    return await judge(context, services.port, measured, { answers, isOverflowed, published });
  } finally {
    services.close();
  }
}

/** The first of each host serves, and the others are refused: nobody needs to ask. */
function collided({ port, refused }: Collision, servers: readonly Endpoint[]): CheckOutcome {
  const evidence = servers
    .filter(({ node }) => refused.includes(node))
    .map(({ node, host, ipv4 }) => {
      const first = servers.find((other) => other.host === host && !refused.includes(other.node))?.node;
      return {
        message: `${node} cannot serve port ${port}: ${first ?? 'another container'} of the same host does, at the same address`,
        where: node,
        expected: `${node} serving port ${port} at an address of its own`,
        seen: `EADDRINUSE at ${ipv4}:${port}`,
      };
    });
  const serving = servers.length - refused.length;
  return failed(
    {
      summary: `port ${port} can be served by ${serving} of ${counted(servers.length, 'container')}: ports collide`,
      coverage: `${counted(servers.length, 'container')} by TCP and UDP over IPv4`,
      observations: [
        { name: 'port', value: port },
        { name: 'containersServing', value: serving },
      ],
    },
    evidence,
  );
}

/** From a container of another host and from the LAN; where there is neither, from a container beside it. */
function requestsTo(context: CheckContext, servers: readonly Endpoint[]): readonly ServiceRequest[] {
  const containers = endpointsOf(context, 'container');
  const [outsider] = lanNeighbours(context);
  const hosts = [...new Set(containers.map(({ host }) => host))];
  const clientsOf = (server: Endpoint) => {
    const next = hosts[(hosts.indexOf(server.host) + 1) % hosts.length];
    const elsewhere = next === server.host ? undefined : containers.find(({ host }) => host === next);
    const beside = containers.find(({ node, host }) => host === server.host && node !== server.node);
    const far = [elsewhere, outsider].filter((client) => client !== undefined);
    return far.length > 0 || beside === undefined ? far : [beside];
  };
  return servers.flatMap((to) =>
    clientsOf(to).flatMap((from) => (['tcp', 'udp'] as const).map((protocol) => ({ from, to, protocol }))),
  );
}

/** Each client and each server learns the other's MAC: as many requests at a time as the neighbour table has room for. */
async function askInWindows(
  { lab, signal }: CheckContext,
  port: number,
  requests: readonly ServiceRequest[],
): Promise<{ answers: readonly ServiceAnswer[]; isOverflowed: boolean }> {
  const { value, overflowed: isOverflowed } = await inWindows(
    lab,
    requests.map((request) => ({ ...request, family: 'ipv4' as const })),
    async (batch) => await askAll(lab, port, batch, signal),
    signal,
  );
  return { answers: value, isOverflowed };
}

interface Answered {
  readonly answers: readonly ServiceAnswer[];
  readonly isOverflowed: boolean;
  readonly published: PublishedFindings;
}

const isRight = ({ to, answeredBy }: ServiceAnswer): boolean => answeredBy === to.node;

async function judge(
  context: CheckContext,
  port: number,
  measured: Measured,
  { answers, isOverflowed, published }: Answered,
): Promise<CheckOutcome> {
  const wrong = answers.filter((answer) => !isRight(answer));
  if (wrong.length === 0) return passed(measured);
  if (isOverflowed && wrong.every(({ answeredBy }) => answeredBy === undefined))
    return overflowed(`${wrong.length} requests were not answered meanwhile`, measured);
  return failed(measured, [...published.evidence, ...(await serviceEvidence(context, port, answers))]);
}

function describe(
  { plan }: CheckContext,
  { port, taken }: { readonly port: number; readonly taken: readonly string[] },
  perHost: ReadonlyMap<string, readonly Endpoint[]>,
  answers: readonly ServiceAnswer[],
  published: PublishedFindings,
): Measured {
  const right = answers.filter(isRight).length;
  const alone = plan.cluster.hosts.map(({ name }) => name).filter((name) => (perHost.get(name)?.length ?? 0) < 2);
  const servers = new Map(answers.map(({ to }) => [to.node, to.host]));
  const hosts = new Set(servers.values()).size;
  const clients = enumerate(answers.map(({ from }) => from.node));
  const notes = [
    ...(alone.length > 0 ? [`${enumerate(alone)} left out: fewer than two containers`] : []),
    ...(taken.length > 0 ? [`not ${enumerate(taken)}, where something listens already`] : []),
  ];
  return {
    summary: `port ${port} of ${counted(servers.size, 'container')} on ${counted(hosts, 'host')}: ${right} of ${counted(answers.length, 'request')} answered by the container that has the address${published.words}`,
    coverage: [
      `${servers.size} of ${counted([...perHost.values()].flat().length, 'container')} by TCP and UDP over IPv4, asked from ${clients}`,
      ...notes,
    ].join('; '),
    observations: [
      { name: 'port', value: port },
      { name: 'containersServing', value: servers.size },
      { name: 'requests', value: answers.length },
      { name: 'requestsAnsweredByTheRightContainer', value: right },
      ...published.observations,
    ],
  };
}
