import test from 'ava';
import fc from 'fast-check';
import type { Endpoint } from '#src/plan/plan.js';
import { countFitting, groupByNodes } from '#src/flows/windows.js';

const endpoint = (node: string): Endpoint => ({ node, role: 'container', link: 'eth0', ipv4: '10.1.0.1' });

type Flow = { readonly from: Endpoint; readonly to: Endpoint; readonly family: 'ipv4' | 'ipv6' };

const flow = fc.record({
  from: fc.integer({ min: 0, max: 12 }).map((index) => endpoint(`c${index}`)),
  to: fc.integer({ min: 0, max: 12 }).map((index) => endpoint(`c${index}`)),
  family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
});

/** Entries that flows make live, counted in another way: by who learns whom. */
function entriesOf(flows: readonly Flow[], family: Flow['family']): number {
  const own = flows.filter((one) => one.family === family);
  const learned = new Set(
    own.flatMap(({ from, to }) => [
      `${from.node} ${to.node}`,
      `${to.node} ${from.node}`,
      `${from.node} gateway`,
      `gateway ${from.node}`,
      `${to.node} gateway`,
      `gateway ${to.node}`,
      // Over IPv6 each may ask for the other, and keeps the group that it asked.
      ...(family === 'ipv6' ? [`${from.node} group of ${to.node}`, `${to.node} group of ${from.node}`] : []),
    ]),
  );
  return learned.size;
}

test('all flows between two nodes are in one group, whatever their direction and family', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(flow), (flows) => {
        const groups = groupByNodes(flows);
        const keys = groups.map(
          (group) => new Set(group.map(({ from, to }) => [from.node, to.node].toSorted().join())),
        );
        if (keys.some((key) => key.size !== 1)) throw new Error('a group of several pairs');
        if (new Set(keys.map((key) => [...key][0])).size !== groups.length) throw new Error('a pair in several groups');
        if (groups.flat().length !== flows.length) throw new Error('a flow is lost');
      }),
    ),
  );
});

test('a window keeps within its entries, for each family, and is as large as it can be', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1 }), fc.integer({ min: 8, max: 60 }), (flows, entries) => {
        const groups = groupByNodes(flows);
        const fitting = countFitting(groups, { ipv4: entries, ipv6: entries });
        const window = groups.slice(0, fitting).flat();
        const fullest = Math.max(entriesOf(window, 'ipv4'), entriesOf(window, 'ipv6'));
        if (fullest > entries) throw new Error(`${fullest} entries where ${entries} are allowed`);
        const larger = groups.slice(0, fitting + 1).flat();
        const larger4 = Math.max(entriesOf(larger, 'ipv4'), entriesOf(larger, 'ipv6'));
        // Two nodes that are one count as a pair here and learn nothing in truth: hence the four.
        if (fitting < groups.length && larger4 <= entries - 4 * selfPairs(larger))
          throw new Error('one more would fit');
      }),
    ),
  );
});

const selfPairs = (flows: readonly Flow[]): number =>
  new Set(flows.flatMap(({ from, to }) => (from.node === to.node ? [from.node] : []))).size;

test('a window holds at least one pair, however small it has to be', (t) => {
  const flows = [{ from: endpoint('a'), to: endpoint('b'), family: 'ipv4' as const }];
  t.is(countFitting(groupByNodes(flows), { ipv4: 1, ipv6: 1 }), 1);
  t.is(countFitting([], { ipv4: 100, ipv6: 100 }), 0);
});
