import test from 'ava';
import type { Lab } from '#lab/lab.js';
import { askAll, type ServiceRequest } from '#src/promises/native-ports/clients.js';
import type { Endpoint } from '#src/plan/plan.js';

const endpoint = (node: string, ipv4: string): Endpoint => ({ node, role: 'container', link: 'eth0', ipv4 });
const request = (protocol: 'tcp' | 'udp'): ServiceRequest => ({
  from: endpoint('c1', '10.1.0.1'),
  to: endpoint('c2', '10.1.0.2'),
  protocol,
});
const refusal = Object.assign(new Error('connect EHOSTUNREACH'), { code: 'EHOSTUNREACH' });

/** A lab in which the first attempts are refused, so many of them; later ones are answered by c2. */
function refusing(times: number) {
  let attempts = 0;
  const connectTcp = async () => {
    attempts += 1;
    const refused = attempts <= times;
    const connection = {
      onConnect: () => {},
      onData: (_: Buffer) => {},
      onError: (_: { readonly code: string }) => {},
      write: (question: string) => setImmediate(() => connection.onData(Buffer.from(`${question} c2`))),
      close: () => undefined,
    };
    setImmediate(() => (refused ? connection.onError(refusal) : connection.onConnect()));
    return connection;
  };
  const udp = async () => {
    const socket = {
      onMessage: (_: { data: Buffer }) => {},
      onRefused: (_: { readonly code: string }) => {},
      send: (question: Buffer) => {
        attempts += 1;
        const refused = attempts <= times;
        const answer = { data: Buffer.from(`${question.toString()} c2`) };
        setImmediate(() => (refused ? socket.onRefused(refusal) : socket.onMessage(answer)));
      },
      close: () => undefined,
    };
    return socket;
  };
  const lab = { node: () => ({ sockets: { connectTcp, udp } }) } as unknown as Lab;
  return { lab, attempts: () => attempts };
}

for (const protocol of ['tcp', 'udp'] as const) {
  test(`${protocol}: a refusal of a moment is no answer, and the question is asked again`, async (t) => {
    const { lab, attempts } = refusing(1);
    const [answer] = await askAll(lab, 80, [request(protocol)], new AbortController().signal);
    t.is(answer?.answeredBy, 'c2');
    t.is(answer?.problem, undefined);
    t.is(attempts(), 2);
  });

  test(`${protocol}: a second refusal ends it, with the reason`, async (t) => {
    const { lab, attempts } = refusing(10);
    const startedMs = performance.now();
    const [answer] = await askAll(lab, 80, [request(protocol)], new AbortController().signal);
    t.is(answer?.answeredBy, undefined);
    t.is(answer?.problem, 'EHOSTUNREACH');
    t.is(attempts(), 2);
    t.true(performance.now() - startedMs < 1400, 'no wait for the limit');
  });
}

test('a node that is not there is said at once', async (t) => {
  const lab = {
    node: () => {
      throw new Error('there is no node "c1"');
    },
  } as unknown as Lab;
  const [answer] = await askAll(lab, 80, [request('tcp')], new AbortController().signal);
  t.is(answer?.problem, 'there is no node "c1"');
});
