import test from 'ava';
import { emptyNode } from '#lab/state.js';
import type { Endpoint } from '#src/plan/plan.js';
import type { FlowResult } from '#src/check/flow.js';
import { createFlows } from '#src/flows/flow-engine.js';
import { endpoint, everyPair, flatLab, withLab } from './lab.js';

const protocols = ['icmp', 'udp', 'tcp'] as const;

function of(results: readonly FlowResult[], from: string, to: string): FlowResult {
  const result = results.find((candidate) => candidate.from.node === from && candidate.to.node === to);
  if (result === undefined) throw new Error(`no result from ${from} to ${to}`);
  return result;
}

for (const family of ['ipv4', 'ipv6'] as const)
  test.serial(`${family}: all pairs by every protocol, with the source that the destination saw`, async (t) => {
    await withLab(5, async ({ flows, endpoints }) => {
      const startedMs = performance.now();
      const results = await flows.measure(protocols.flatMap((protocol) => everyPair(endpoints, protocol, family)));
      t.is(results.length, 60);
      for (const result of results) {
        t.like(result, { delivered: true, arrived: true, overflowed: false, receivedBy: [] });
        t.is(result.seenSource, result.from[family]);
        t.is(result.problem, undefined);
        t.true((result.rttMs ?? 0) > 0);
      }
      t.true(performance.now() - startedMs < 3000, 'no fixed wait when all is well');
    });
  });

test.serial('requests of one moment are one batch, and nothing is measured twice', async (t) => {
  await withLab(3, async ({ lab, flows, endpoints }) => {
    const table = lab.neighbourTable;
    const ask = table.askForWindow.bind(table);
    let windows = 0;
    Object.assign(table, {
      askForWindow: () => {
        windows += 1;
        return ask();
      },
    });
    const requests = everyPair(endpoints, 'icmp');
    const [first, second] = await Promise.all([flows.measure(requests), flows.measure(requests.toReversed())]);
    t.deepEqual(first, second?.toReversed());
    t.is(windows, 1);
    await flows.measure(requests);
    t.is(windows, 1);
  });
});

test.serial('what the probes taught the kernel is forgotten', async (t) => {
  await withLab(3, async ({ lab, flows, endpoints }) => {
    await flows.measure(everyPair(endpoints, 'udp'));
    for (const { node } of endpoints)
      t.deepEqual(
        (await lab.node(node).observe()).neighbours.filter(({ address }) => address.startsWith('10.')),
        [],
      );
  });
});

test.serial('silence: a port of the bridge is taken away, and nobody else is blamed', async (t) => {
  await withLab(3, async ({ lab, flows, endpoints }) => {
    await lab.node('sw').setLink('port-c2', { up: false });
    const results = await flows.measure(protocols.flatMap((protocol) => everyPair(endpoints, protocol)));
    for (const result of results) {
      const broken = result.from.node === 'c2' || result.to.node === 'c2';
      t.is(result.delivered, !broken, `${result.from.node} to ${result.to.node} by ${result.protocol}`);
      t.is(result.problem === undefined, !broken);
    }
    // The kernel gives a neighbour up after a second, which may be before or after our own deadline.
    t.regex(of(results, 'c1', 'c2').problem ?? '', /^(no answer within 1300 ms|EHOSTUNREACH)/u);
  });
});

test.serial('no route is told at once, with its errno', async (t) => {
  await withLab(2, async ({ flows, endpoints }) => {
    const [from] = endpoints as [Endpoint];
    const to = { ...endpoint('c2', 2), ipv4: '192.0.2.1', ipv6: '2001:db8::1' };
    const startedMs = performance.now();
    for (const family of ['ipv4', 'ipv6'] as const) {
      const results = await flows.measure(protocols.map((protocol) => ({ from, to, protocol, family })));
      for (const result of results) t.like(result, { delivered: false, arrived: false, problem: 'ENETUNREACH' });
    }
    t.true(performance.now() - startedMs < 1300, 'both together before the deadline of one');
  });
});

test.serial('an address given twice: the other owner is caught in the act', async (t) => {
  await withLab(3, async ({ lab, flows, endpoints }) => {
    const [c1, c2] = endpoints as [Endpoint, Endpoint];
    await lab.node('sw').setLink('port-c2', { up: false });
    const thief = lab.node('c3');
    await lab.apply([
      {
        ...emptyNode('c4', 'container', 'sw'),
        links: [{ kind: 'veth', name: 'eth0', peer: { node: 'sw', link: 'port-c4' }, addresses: ['10.1.0.2/16'] }],
      },
      {
        ...emptyNode('sw', 'switch'),
        links: [{ kind: 'veth', name: 'port-c4', peer: { node: 'c4', link: 'eth0' }, master: 'br0', addresses: [] }],
      },
    ]);
    t.truthy(thief);
    const watched = createFlows({
      lab,
      plan: { endpoints: [...endpoints, endpoint('c4', 4)] },
      signal: new AbortController().signal,
    });
    for (const protocol of protocols) {
      const [result] = await watched.measure([{ from: c1, to: c2, protocol, family: 'ipv4' }]);
      t.like(result, { delivered: false, arrived: false, receivedBy: ['c4'] });
    }
    watched.close();
    flows.close();
  });
});

test.serial('a node made anew under its old name is measured anew', async (t) => {
  await withLab(2, async ({ lab, flows, endpoints }) => {
    const { states } = flatLab(2);
    const requests = protocols.flatMap((protocol) => everyPair(endpoints, protocol));
    t.true((await flows.measure(requests)).every(({ delivered }) => delivered));
    await lab.remove(['c2']);
    const gone = await flows.measure(requests);
    t.true(gone.every(({ delivered, problem = '' }) => !delivered && problem.includes('no such node')));
    const port = states[0]?.links.filter(({ name }) => name === 'port-c2') ?? [];
    await lab.apply([{ ...emptyNode('sw', 'switch'), links: port }, ...states.slice(2)]);
    t.true((await flows.measure(requests)).every(({ delivered }) => delivered));
  });
});

test.serial('a port that a node uses already is left alone', async (t) => {
  await withLab(2, async ({ lab, flows, endpoints }) => {
    const taken = [
      await lab.node('c2').sockets.udp({ family: 'ipv4', port: 7411 }),
      await lab.node('c2').sockets.listenTcp({ family: 'ipv4', port: 7411 }),
    ];
    const results = await flows.measure(protocols.flatMap((protocol) => everyPair(endpoints, protocol)));
    t.true(results.every(({ delivered }) => delivered));
    for (const socket of taken) socket.close();
  });
});

test.serial('an endpoint without an address of the family is told as such', async (t) => {
  await withLab(2, async ({ flows, endpoints }) => {
    const [from, to] = endpoints as [Endpoint, Endpoint];
    const { ipv6: _, ...without } = to;
    const [result] = await flows.measure([{ from, to: without, protocol: 'icmp', family: 'ipv6' }]);
    t.like(result, { delivered: false, problem: 'c2 has no IPv6 address: it was given none' });
  });
});

test.serial('a verify that is stopped lets go of what it waits for', async (t) => {
  await withLab(2, async ({ lab, endpoints }) => {
    await lab.node('sw').setLink('port-c2', { up: false });
    const stop = new AbortController();
    const flows = createFlows({ lab, plan: { endpoints }, signal: stop.signal });
    const measuring = flows.measure(everyPair(endpoints, 'icmp'));
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    const startedMs = performance.now();
    await t.throwsAsync(measuring, { message: 'stopped' });
    t.true(performance.now() - startedMs < 1300, 'before its deadline');
    flows.close();
  });
});
