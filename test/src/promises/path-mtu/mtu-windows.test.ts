/** Whoever was told nothing asks again within windows of the neighbour table: silence by an overflow is no black hole. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { Lab } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import { emptyNode } from '#lab/state.js';
import type { Endpoint } from '#src/plan/plan.js';
import { askAgain } from '#src/promises/path-mtu/mtu-windows.js';
import { refine } from '#src/promises/path-mtu/narrowing.js';
import type { Measurement } from '#src/promises/path-mtu/probing.js';

const [from, to]: [Endpoint, Endpoint] = [
  { node: 'a', role: 'container', link: 'eth0', ipv4: '10.1.0.1' },
  { node: 'b', role: 'container', link: 'eth0', ipv4: '10.1.0.2' },
];
const shot = (sizeBytes: number, kind: 'delivered' | 'silence') =>
  ({ from, to, family: 'ipv4' as Family, sizeBytes, nonce: Buffer.alloc(12), ending: { kind } }) as const;
const swallowed: Measurement = {
  from,
  to,
  family: 'ipv4',
  predictedBytes: 1400,
  leastBytes: 1400,
  by: [],
  mostBytes: 1400,
  sentBytes: 1500,
  shots: [shot(1400, 'delivered'), shot(1500, 'silence')],
};

/** A lab in which nothing arrives. @param overflows of each window, in turn */
function silent(overflows: readonly boolean[]) {
  let windows = 0;
  /** Datagrams, and whether a window was open when each was sent. */
  const sent: boolean[] = [];
  let isOpen = false;
  const table = { isKeptClosed: false };
  const socket = { port: 9, send: () => void sent.push(isOpen), close: () => undefined };
  const handle = (node: string) => ({
    state: emptyNode(node, 'container'),
    forgetNeighbours: () => Promise.resolve(),
    sockets: { udp: () => Promise.resolve(socket) },
  });
  const nodes = new Map(['a', 'b'].map((node) => [node, handle(node)]));
  const askForWindow = async () => ({
    begun: async () => {
      while (table.isKeptClosed) await delay(1);
      isOpen = true;
      return { ipv4: 100, ipv6: 100 };
    },
    end: async () => {
      isOpen = false;
      return { overflowed: overflows[windows++] ?? false };
    },
  });
  const lab = { nodes, node: (name: string) => nodes.get(name), neighbourTable: { askForWindow } } as unknown as Lab;
  const keepClosed = (closed: boolean): void => {
    table.isKeptClosed = closed;
  };
  return { context: { lab, signal: new AbortController().signal }, windows: () => windows, sent, keepClosed };
}

for (const [overflows, expected] of [
  [[true, true], true],
  [[true, false], false],
  [[false, false], false],
] as const)
  test(`silence counts when the table had room at last: overflows ${overflows.join(', ')}`, async (t) => {
    const { context, windows } = silent(overflows);
    const { measurements, overflowed } = await askAgain(context, [swallowed]);
    t.is(windows(), 2);
    t.is(overflowed, expected);
    t.is(measurements.length, 1);
  });

test('to the byte is asked within windows, too: while somebody else has the table nothing is sent, later all of it in a window', async (t) => {
  const { context, sent, keepClosed } = silent([]);
  keepClosed(true);
  let isDone = false;
  const refining = refine(context, [swallowed], 9000).then((found) => {
    isDone = true;
    return found;
  });
  await delay(50);
  t.false(isDone);
  t.deepEqual(sent, []);
  keepClosed(false);
  await refining;
  t.true(sent.length > 0);
  t.true(sent.every(Boolean), 'what is sent a second time as well');
});

test('what is lost while the table overflows is no limit', async (t) => {
  const { context } = silent([true, true, true, true, true, true, true, true]);
  const [found] = await refine(context, [swallowed], 9000);
  t.is(found?.shots.length, swallowed.shots.length, 'nothing but silence, and that says nothing');
});
