import { readlinkSync } from 'node:fs';
import test from 'ava';
import type { EchoRequest } from '#lab/sockets.js';
import { closeNodes, pair, until } from './topology.js';

test.after.always(closeNodes);

const requests = (destinations: readonly string[]): EchoRequest[] =>
  destinations.map((address, sequence) => ({
    address,
    identifier: 7,
    sequence,
    payload: Buffer.alloc(16, sequence),
    id: sequence,
  }));

for (const [family, destination, unreachable] of [
  ['ipv4', '10.1.0.2', '192.0.2.1'],
  ['ipv6', 'fd00::2', '2001:db8::1'],
] as const) {
  test.serial(`${family}: requests sent together arrive, in order and whole`, async (t) => {
    const { a, b } = pair();
    const [left, right] = [await a.sockets.icmp({ family }), await b.sockets.icmp({ family })];
    const seen: Array<readonly [number, number | undefined]> = [];
    right.onMessage = (message) => {
      if (message.kind === 'request') seen.push([message.sequence, message.payload[15]]);
    };
    left.onRefused = ({ id, message }) => t.fail(`${id}: ${message}`);
    await left.sendRequests(requests(Array.from({ length: 100 }, () => destination)));
    await until(() => seen.length === 100);
    t.deepEqual(
      seen,
      Array.from({ length: 100 }, (_, index) => [index, index] as const),
    );
    left.close();
    right.close();
  });

  test.serial(`${family}: what the kernel refuses is told one by one, and all others are sent`, async (t) => {
    const { a, b } = pair();
    const [left, right] = [await a.sockets.icmp({ family }), await b.sockets.icmp({ family })];
    let seen = 0;
    right.onMessage = ({ kind }) => void (seen += Number(kind === 'request'));
    const refused: Array<readonly [number, string]> = [];
    left.onRefused = ({ id, code }) => void refused.push([id, code]);
    const destinations = [destination, unreachable, destination, destination, unreachable, unreachable, destination];
    await left.sendRequests(requests(destinations));
    await until(() => seen === 4);
    t.deepEqual(
      refused,
      [1, 4, 5].map((index) => [index, 'ENETUNREACH'] as const),
    );
    left.close();
    right.close();
  });
}

test.serial('a socket closed while it sends keeps its descriptor until it has sent', async (t) => {
  const { a } = pair();
  const socket = await a.sockets.icmp({ family: 'ipv4' });
  const path = `/proc/self/fd/${(socket as unknown as { readonly fd: number }).fd}`;
  const before = readlinkSync(path);
  const sending = socket.sendRequests(requests(Array.from({ length: 50 }, () => '10.1.0.2')));
  socket.close();
  t.is(readlinkSync(path), before);
  await sending;
  t.throws(() => readlinkSync(path), { code: 'ENOENT' });
  socket.onRefused = ({ message }) => t.fail(message);
  await socket.sendRequests(requests(['10.1.0.2']));
});
