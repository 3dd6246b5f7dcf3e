import test from 'ava';
import type { Endpoint } from '#src/plan/plan.js';
import type { TransferResult } from '#src/probes/bulk-transfer.js';
import { slowOnes } from '#src/probes/slow-transfers.js';

const end = (node: string, host: string): Endpoint =>
  ({ node, host, role: 'container', link: 'eth0', ipv4: '10.1.1.2' }) as unknown as Endpoint;

const result = (from: string, to: string, bitsPerSecond: number): TransferResult => ({
  from: end(`${from}c1`, from),
  to: end(`${to}c${from === to ? 2 : 1}`, to),
  family: 'ipv4',
  bytes: 1e6,
  completed: true,
  receivedBytes: 1e6,
  durationMs: 8e9 / bitsPerSecond,
});

test('a pair that carries a hundredth of what its likes carry is slow; inside and across are no likes', (t) => {
  const results = [result('h1', 'h2', 5e9), result('h2', 'h1', 0.04e9), result('h1', 'h1', 900e9)];
  t.deepEqual(
    slowOnes(results).map(({ result: { from } }) => from.node),
    ['h2c1'],
  );
});

test('what is as slow as all the others is not judged, nor what is a tenth', (t) => {
  t.deepEqual(slowOnes([result('h1', 'h2', 4e6), result('h2', 'h1', 5e6)]), []);
  t.deepEqual(slowOnes([result('h1', 'h2', 5e9), result('h2', 'h1', 0.5e9)]), []);
});
