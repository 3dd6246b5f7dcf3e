/** Whoever was told nothing asks again within windows of the neighbour table: silence by an overflow is no black hole. */
import test from 'ava';
import type { Lab } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import { emptyNode } from '#lab/state.js';
import type { Endpoint } from '#src/plan/plan.js';
import { askAgain } from '#src/promises/path-mtu/mtu-windows.js';
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
  const socket = { port: 9, send: () => undefined, close: () => undefined };
  const handle = (node: string) => ({
    state: emptyNode(node, 'container'),
    forgetNeighbours: () => Promise.resolve(),
    sockets: { udp: () => Promise.resolve(socket) },
  });
  const nodes = new Map(['a', 'b'].map((node) => [node, handle(node)]));
  const askForWindow = async () => ({
    begun: () => Promise.resolve({ ipv4: 100, ipv6: 100 }),
    end: () => Promise.resolve({ overflowed: overflows[windows++] ?? false }),
  });
  const lab = { nodes, node: (name: string) => nodes.get(name), neighbourTable: { askForWindow } } as unknown as Lab;
  return { context: { lab, signal: new AbortController().signal }, windows: () => windows };
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
