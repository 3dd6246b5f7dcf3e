import test from 'ava';
import type { Lab } from '#lab/lab.js';
import { emptyNode } from '#lab/state.js';
import type { Endpoint } from '#src/plan/plan.js';
import { inWindows } from '#src/flows/in-windows.js';

const ends: readonly Endpoint[] = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((node, index) => ({
  node,
  role: 'container',
  link: 'eth0',
  ipv4: `10.1.0.${index}`,
}));
const requests = ends.map((from, index) => ({
  from,
  to: ends[(index + 1) % ends.length] as Endpoint,
  family: 'ipv4' as const,
}));

test('no more is asked at a time than the window that was given has room for, whatever was free before', async (t) => {
  const [batches, forgotten]: [string[], string[]] = [[], []];
  let isOpen = false;
  // A pair has 6 entries, two that share a node have 10: see windows.ts.
  const rooms = [6, 10, 1024];
  const askForWindow = async () => ({
    begun: async () => {
      isOpen = true;
      const room = rooms.shift() ?? 0;
      return { ipv4: room, ipv6: room };
    },
    end: async () => {
      isOpen = false;
      return { overflowed: rooms.length === 1 };
    },
  });
  const nodeNamed = (node: string) => ({
    state: emptyNode(node, 'container'),
    forgetNeighbours: async () => {
      t.true(isOpen, 'the next window may be another lab’s');
      forgotten.push(node);
    },
  });
  const nodes = new Map(ends.map(({ node }) => [node, nodeNamed(node)]));
  const lab = { nodes, neighbourTable: { askForWindow, windowEntries: async () => 1024 } } as unknown as Lab;
  const work = async (batch: readonly (typeof requests)[number][]) => {
    const asked = batch.map(({ from, to }) => `${from.node}-${to.node}`);
    batches.push(asked.join(' '));
    return asked;
  };
  const { value, overflowed } = await inWindows(lab, requests, work, new AbortController().signal);
  t.deepEqual(batches, ['c1-c2', 'c2-c3 c3-c4', 'c4-c5 c5-c6 c6-c1']);
  t.deepEqual(value, ['c1-c2', 'c2-c3', 'c3-c4', 'c4-c5', 'c5-c6', 'c6-c1']);
  t.true(overflowed, 'in one of them');
  t.deepEqual(forgotten.slice(0, 4), ['c1', 'c2', 'c2', 'c3']);
});
