/** Does the address that a service's name leads to belong to the container that is meant? A web request tells. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Evidence } from '../../result/result.js';
import type { CheckContext } from '../../check/contract.js';
import { nameOf, type Told } from './answers.js';

const VISIT_MS = 2_000;

export interface Visit {
  readonly from: string;
  readonly address: string;
  readonly port: number;
  readonly service: string;
  /** The container that should be there. */
  readonly container: string;
  /** Name that the server gave, or what went wrong. */
  readonly outcome: { readonly name: string } | { readonly problem: string };
}

/** Every client visits every container of every service at the address that it was told, all at once. */
export async function visitAll(context: CheckContext, told: readonly Told[]): Promise<readonly Visit[]> {
  const { endpoints } = context.plan;
  const visits = told.flatMap(({ client: { from }, service, a }) => {
    const addresses = 'reply' in a ? a.reply.addresses : [];
    return service.containers.flatMap((container) => {
      const address = endpoints.find((end) => end.node === container)?.ipv4 ?? '';
      return addresses.includes(address)
        ? [{ from: from.node, address, port: service.port, service: service.name, container }]
        : [];
    });
  });
  return await Promise.all(visits.map(async (visit) => ({ ...visit, outcome: await visitOne(context, visit) })));
}

async function visitOne({ lab, signal }: CheckContext, visit: Omit<Visit, 'outcome'>): Promise<Visit['outcome']> {
  const { address, port } = visit;
  const connection = await lab.node(visit.from).sockets.connectTcp({ family: 'ipv4', address, port });
  const ended = new AbortController();
  try {
    return await Promise.race([
      new Promise<Visit['outcome']>((resolve) => {
        let text = '';
        connection.onData = (data) => (text += data.toString('latin1'));
        connection.onError = ({ message }) => resolve({ problem: message });
        connection.onEnd = () => resolve(readPage(text));
        // HTTP/1.0 (RFC 1945): the server closes the connection after its answer.
        connection.onConnect = () => connection.write('GET / HTTP/1.0\r\n\r\n');
      }),
      delay(
        VISIT_MS,
        { problem: `no answer within ${VISIT_MS} ms` },
        { signal: AbortSignal.any([signal, ended.signal]) },
      ),
    ]);
  } finally {
    ended.abort();
    connection.close();
  }
}

function readPage(text: string): Visit['outcome'] {
  const [head = '', body] = text.split('\r\n\r\n');
  if (body === undefined || !head.includes(' 200 '))
    return { problem: `it said ${head.split('\r\n')[0] ?? 'nothing'}` };
  return { name: body.trim() };
}

/** Visits that ended with somebody else or with nobody. */
export function wrongVisits(visits: readonly Visit[]): readonly Evidence[] {
  const wrong = visits.filter(({ outcome, container }) => !('name' in outcome && outcome.name === container));
  return wrong.map(({ from, address, port, service, container, outcome }) => ({
    message: `${from} asked ${nameOf(service)} for a page at ${address} port ${port}, and not ${container} answered`,
    where: container,
    expected: `a page from ${container}`,
    seen: 'name' in outcome ? `a page from ${outcome.name}` : outcome.problem,
  }));
}
