import test from 'ava';
import fc from 'fast-check';
import { type AskWitnesses, blame } from '#src/blame/blame.js';
import { suspectWords } from '#src/blame/suspect-words.js';
import { witnessesOf } from '#src/blame/witnesses.js';
import type { CheckContext } from '#src/check/contract.js';
import type { Endpoint } from '#src/plan/plan.js';
import type { FlowRequest, FlowResult } from '#src/check/flow.js';

/** h1 .. hN with containers each, and o1. */
function cluster(hosts: number, containers: number): readonly Endpoint[] {
  const all = Array.from({ length: hosts }, (_, index) => {
    const host = `h${index + 1}`;
    const own = Array.from({ length: containers }, (_unused, number) =>
      endpoint(`${host}c${number + 1}`, 'container', host),
    );
    return [endpoint(host, 'host'), ...own];
  });
  return [...all.flat(), endpoint('o1', 'outsider')];
}

function endpoint(node: string, role: Endpoint['role'], host?: string): Endpoint {
  return { node, role, link: 'eth0', ipv4: '10.0.0.1', ...(host === undefined ? {} : { host }) };
}

type Fault = (flow: FlowRequest) => boolean;

const send = (flow: FlowRequest, isLost: Fault): FlowResult => {
  const delivered = !isLost(flow);
  return { ...flow, delivered, arrived: delivered, receivedBy: [], overflowed: false };
};

function flowsBetween(from: readonly Endpoint[], to: readonly Endpoint[]): readonly FlowRequest[] {
  const protocols = ['icmp', 'tcp', 'udp'] as const;
  return from.flatMap((source) =>
    to
      .filter(({ node }) => node !== source.node)
      .flatMap((destination) =>
        protocols.map((protocol) => ({ from: source, to: destination, protocol, family: 'ipv4' as const })),
      ),
  );
}

const witnesses = (endpoints: readonly Endpoint[], isLost: Fault): AskWitnesses =>
  witnessesOf({
    plan: { endpoints },
    flows: { measure: async (requests: readonly FlowRequest[]) => requests.map((flow) => send(flow, isLost)) },
  } as unknown as CheckContext);

/** What is said of a fault, from the flows between two roles alone. */
async function told(endpoints: readonly Endpoint[], fault: Fault, from: Endpoint['role'], to: Endpoint['role']) {
  const of = (role: Endpoint['role']) => endpoints.filter((end) => end.role === role);
  const results = flowsBetween(of(from), of(to)).map((flow) => send(flow, fault));
  const suspects = await blame(results, witnesses(endpoints, fault));
  return suspects.map(({ scope, protocols }) => `${suspectWords(scope)} by ${protocols.join(' ')}`);
}

const every = 'icmp tcp udp';
const siteOf = ({ host, node }: Endpoint) => host ?? node;
const ends = ({ from, to }: FlowRequest) => [from, to];
const cutOff =
  (host: string): Fault =>
  ({ from, to }) =>
    (siteOf(from) === host) !== (siteOf(to) === host);
const cutOffWords = (host: string) =>
  `${host} is cut off: nothing is delivered between it with its containers and the others by ${every}`;

test('a host that is cut off is told from the other one, though between two hosts both look alike', async (t) => {
  for (const [hosts, containers] of [
    [2, 2],
    [2, 1],
    [3, 2],
  ] as const) {
    const nodes = cluster(hosts, containers);
    t.deepEqual(await told(nodes, cutOff('h2'), 'container', 'container'), [cutOffWords('h2')]);
    t.deepEqual(await told(nodes, cutOff('h1'), 'container', 'container'), [cutOffWords('h1')]);
    t.deepEqual(await told(nodes, cutOff('h2'), 'host', 'container'), [cutOffWords('h2')]);
  }
});

test('without any third party the two hosts are named together, neither of them alone', async (t) => {
  const nodes = cluster(2, 2).filter(({ role }) => role !== 'outsider');
  t.deepEqual(await told(nodes, cutOff('h2'), 'container', 'container'), [
    `nothing is delivered from one host to another by ${every}`,
  ]);
});

test('a dead container is named, also when it is the only one of its host', async (t) => {
  const dead: Fault = (flow) => ends(flow).some(({ node }) => node === 'h2c1');
  const words = [`h2c1 reaches nobody and nobody reaches it by ${every}`];
  for (const containers of [1, 2]) {
    t.deepEqual(await told(cluster(2, containers), dead, 'container', 'container'), words);
    t.deepEqual(await told(cluster(2, containers), dead, 'host', 'container'), words);
    t.deepEqual(await told(cluster(2, containers), dead, 'container', 'outsider'), words);
  }
});

test('a host that drops what it forwards or bridges, and still talks to its containers itself', async (t) => {
  const drop: Fault = ({ from, to }) =>
    [from, to].some(({ host }) => host === 'h1') && ![from, to].some(({ node }) => node === 'h1');
  const words = [`h1 passes nothing on for its containers by ${every}`];
  t.deepEqual(await told(cluster(2, 2), drop, 'container', 'container'), words);
  t.deepEqual(await told(cluster(3, 2), drop, 'container', 'container'), words);
  t.deepEqual(await told(cluster(2, 2), drop, 'outsider', 'container'), words);
});

test('an outsider that nobody can reach is named, and no host', async (t) => {
  const lost: Fault = (flow) => ends(flow).some(({ node }) => node === 'o1');
  const words = [`o1 reaches nobody and nobody reaches it by ${every}`];
  t.deepEqual(await told(cluster(2, 2), lost, 'outsider', 'container'), words);
});

test('a broken path between two of three hosts names both', async (t) => {
  const lost: Fault = ({ from, to }) => [siteOf(from), siteOf(to)].toSorted().join() === 'h1,h3';
  t.deepEqual(await told(cluster(3, 2), lost, 'container', 'container'), [
    `nothing is delivered between h1 and h3, their containers included, by ${every}`,
  ]);
});

test('a wire that carries nothing between hosts', async (t) => {
  const lost: Fault = ({ from, to }) => siteOf(from) !== siteOf(to);
  t.deepEqual(await told(cluster(3, 2), lost, 'container', 'container'), [
    `nothing is delivered from one host to another by ${every}`,
  ]);
});

test('one protocol lost towards the containers of one host', async (t) => {
  const lost: Fault = ({ to, from, protocol }) => protocol === 'tcp' && to.host === 'h2' && siteOf(from) !== 'h2';
  const words = await told(cluster(3, 2), lost, 'container', 'container');
  t.true(words.every((word) => word.endsWith('by tcp')));
  t.true(words.some((word) => word.includes('h2')));
});

test('several faults at once are all named', async (t) => {
  const faults: Fault = (flow) => cutOff('h2')(flow) || ends(flow).some(({ node }) => node === 'h1c1');
  const words = await told(cluster(3, 2), faults, 'container', 'container');
  t.true(words.includes(cutOffWords('h2')));
  t.true(words.some((word) => word.startsWith('h1c1 ')));
});

test('whatever is lost is explained, unless it is lost at random everywhere', async (t) => {
  const nodes = cluster(2, 2);
  const flows = flowsBetween(nodes, nodes);
  await fc.assert(
    fc.asyncProperty(fc.subarray([...flows], { maxLength: 12 }), async (lost) => {
      const results = flows.map((flow) => send(flow, (one) => lost.includes(one)));
      const suspects = await blame(results);
      const explained = new Set(suspects.flatMap(({ failures }) => failures));
      t.is(explained.size, lost.length);
    }),
    { numRuns: 50 },
  );
});
