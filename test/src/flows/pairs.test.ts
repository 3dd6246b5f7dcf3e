import test from 'ava';
import fc from 'fast-check';
import type { Endpoint } from '#src/plan/plan.js';
import { choosePairs, type Pair } from '#src/flows/pairs.js';

function container(host: string, number: number): Endpoint {
  const node = `${host}c${number}`;
  return { node, role: 'container', host, link: 'eth0', ipv4: '10.1.0.1' };
}

function cluster(perHost: readonly number[]): Endpoint[] {
  return perHost.flatMap((count, host) =>
    Array.from({ length: count }, (_, number) => container(`h${host + 1}`, number + 1)),
  );
}

const hosts = (count: number): Endpoint[] =>
  Array.from({ length: count }, (_, index) => ({
    node: `h${index + 1}`,
    role: 'host',
    link: 'br0',
    ipv4: '10.1.0.1',
  }));

const siteOf = ({ host, node }: Endpoint) => host ?? node;
const sites = (pairs: readonly Pair[]) => new Set(pairs.map(({ from, to }) => `${siteOf(from)} ${siteOf(to)}`));

test('up to the limit every ordered pair of different nodes is chosen, above it a covering design', (t) => {
  const forty = cluster([20, 20]);
  t.is(choosePairs(forty, forty).length, 40 * 39);
  const more = cluster([21, 20]);
  t.true(choosePairs(more, more).length < 100);
  t.is(choosePairs(more, more, 'all').length, 41 * 40);
  t.true(choosePairs(forty, forty, 'covering').length <= 44);
});

test('1,000 containers on 10 hosts need about as many pairs as there are containers', (t) => {
  const containers = cluster(Array.from({ length: 10 }, () => 100));
  const pairs = choosePairs(containers, containers);
  t.true(pairs.length <= 1010, `${pairs.length} pairs`);
  t.is(sites(pairs).size, 100);
});

test('one container alone has no pair; a host and its containers do', (t) => {
  const [only] = cluster([1]);
  t.deepEqual(choosePairs([only as Endpoint], [only as Endpoint]), []);
  t.deepEqual(choosePairs([only as Endpoint], [only as Endpoint], 'covering'), []);
  t.is(choosePairs(hosts(2), cluster([2, 2]), 'covering').length, 4);
});

test('a covering design covers: every source, every destination, every ordered pair of sites', (t) => {
  const perHost = fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 6 });
  t.notThrows(() =>
    fc.assert(
      fc.property(perHost, (counts) => {
        const containers = cluster(counts);
        assertCovers(containers, containers);
        assertCovers(hosts(counts.length), containers);
        assertCovers(containers, hosts(counts.length));
      }),
    ),
  );
});

function assertCovers(sources: readonly Endpoint[], destinations: readonly Endpoint[]): void {
  const pairs = choosePairs(sources, destinations, 'covering');
  const possible = choosePairs(sources, destinations, 'all');
  const names = (list: readonly Pair[], end: 'from' | 'to') =>
    [...new Set(list.map((pair) => pair[end].node))].toSorted();
  equal(names(pairs, 'from'), names(possible, 'from'), 'sources');
  equal(names(pairs, 'to'), names(possible, 'to'), 'destinations');
  equal([...sites(pairs)].toSorted(), [...sites(possible)].toSorted(), 'sites');
  equal(new Set(pairs.map(({ from, to }) => `${from.node} ${to.node}`)).size, pairs.length, 'no pair twice');
  equal(
    pairs.filter(({ from, to }) => from.node === to.node),
    [],
    'nobody with itself',
  );
  const bound = sites(possible).size + sources.length + destinations.length;
  if (pairs.length > bound) throw new Error(`${pairs.length} pairs, where ${bound} would do`);
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected))
    throw new Error(`${what}: ${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}
