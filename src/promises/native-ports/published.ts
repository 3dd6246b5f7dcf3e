/** Ports of containers that are published at their hosts' addresses: what there is where native ports are not. */
import { groupBy } from '#lab/group-by.js';
import type { Endpoint, PublishedPort } from '../../plan/plan.js';
import type { Evidence, Observation } from '../../result/result.js';
import type { CheckContext } from '../../check/contract.js';
import { endpointsOf } from '../../reachability/directions.js';
import { enumerate } from '../../check/words.js';
import { askAll, type ServiceAnswer } from './clients.js';

export interface PublishedFindings {
  /** `; published instead: 2 of 2 answered, as h1c1 at 172.16.0.1:8081`; empty where nothing is published. */
  readonly words: string;
  readonly observations: readonly Observation[];
  readonly evidence: readonly Evidence[];
}

interface Asked extends PublishedPort {
  readonly answer: ServiceAnswer;
}

/** Asks for each server that is published, by TCP from a machine of the LAN, or from another host where there is none. */
export async function askPublished(
  context: CheckContext,
  port: number,
  servers: readonly Endpoint[],
): Promise<PublishedFindings> {
  const names = new Set(servers.map(({ node }) => node));
  const wanted = (context.plan.published ?? []).filter((one) => one.port === port && names.has(one.container));
  if (wanted.length === 0) return { words: '', observations: [], evidence: [] };
  const asked = await Promise.all(
    [...groupBy(wanted, ({ hostPort }) => hostPort)].map(([hostPort, group]) =>
      askAt(context, hostPort, group, servers),
    ),
  );
  return told(asked.flat());
}

async function askAt(
  context: CheckContext,
  hostPort: number,
  group: readonly PublishedPort[],
  servers: readonly Endpoint[],
): Promise<readonly Asked[]> {
  const requests = group.flatMap((one) => {
    const server = servers.find(({ node }) => node === one.container);
    const from = server === undefined ? undefined : clientOf(context, server);
    if (server === undefined || from === undefined) return [];
    return [{ one, request: { from, to: { ...server, ipv4: one.address }, protocol: 'tcp' as const } }];
  });
  const answers = await askAll(
    context.lab,
    hostPort,
    requests.map(({ request }) => request),
    context.signal,
  );
  return requests.map(({ one }, i) => ({ ...one, answer: answers[i] as ServiceAnswer }));
}

function clientOf(context: CheckContext, server: Endpoint): Endpoint | undefined {
  const others = endpointsOf(context, 'host').filter(({ node }) => node !== server.host);
  return endpointsOf(context, 'outsider')[0] ?? others[0];
}

const isRight = ({ container, answer }: Asked): boolean => answer.answeredBy === container;
const placeOf = ({ address, hostPort }: PublishedPort): string => `${address}:${hostPort}`;

function told(asked: readonly Asked[]): PublishedFindings {
  const right = asked.filter(isRight).length;
  const example = asked.find(isRight);
  const as = example === undefined ? '' : `, as ${example.container} at ${placeOf(example)}`;
  return {
    words: `; published instead: ${right} of ${asked.length} answered${as}`,
    observations: asked.map((one) => ({ name: 'publishedAt', subject: one.container, value: placeOf(one) })),
    evidence: asked
      .filter((one) => !isRight(one))
      .map((one) => ({
        message: `the published port ${placeOf(one)} does not lead to port ${one.port} of ${one.container}`,
        where: one.answer.to.host ?? one.container,
        expected: `${one.container} answers ${enumerate([one.answer.from.node])}`,
        seen:
          one.answer.answeredBy === undefined
            ? (one.answer.problem ?? 'no answer')
            : `${one.answer.answeredBy} answers`,
      })),
  };
}
