import { once as event } from 'node:events';
import type { Socket } from 'node:net';
import test from 'ava';
import { closeNodes, pair } from './topology.js';

test.after.always(closeNodes);

for (const [family, source, destination] of [
  ['ipv4', '10.1.0.1', '10.1.0.2'],
  ['ipv6', 'fd00::1', 'fd00::2'],
] as const) {
  test.serial(`${family}: a server sees the client's address, and data goes both ways`, async (t) => {
    const { a, b } = pair();
    const server = b.sockets.listenTcp({
      family,
      port: 80,
      onConnection: (socket: Socket) => socket.end(`you are ${socket.remoteAddress}`),
    });
    const client = a.sockets.connectTcp({ family, address: destination, port: 80 });
    const chunks: Buffer[] = [];
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    await event(client, 'end');
    t.is(Buffer.concat(chunks).toString(), `you are ${source}`);
    client.destroy();
    server.close();
    await event(server, 'close');
  });

  test.serial(`${family}: nobody listening is told as an event`, async (t) => {
    const { a } = pair();
    const client = a.sockets.connectTcp({ family, address: destination, port: 81 });
    const [error] = (await event(client, 'error').catch((reason: unknown) => [reason])) as [NodeJS.ErrnoException];
    t.is(error.code, 'ECONNREFUSED');
  });

  test.serial(`${family}: no route is told as an event`, async (t) => {
    const { a } = pair();
    const elsewhere = family === 'ipv4' ? '192.0.2.1' : '2001:db8::1';
    const client = a.sockets.connectTcp({ family, address: elsewhere, port: 81 });
    const [error] = (await event(client, 'error').catch((reason: unknown) => [reason])) as [NodeJS.ErrnoException];
    t.is(error.code, 'ENETUNREACH');
  });
}

test.serial('a port in use is refused at once; the same port is free in the other family and in another node', (t) => {
  const { a, b } = pair();
  const onConnection = () => {};
  const listen = (node: typeof a, family: 'ipv4' | 'ipv6') =>
    node.sockets.listenTcp({ family, port: 80, onConnection });
  listen(a, 'ipv4');
  t.throws(() => listen(a, 'ipv4'), { code: 'EADDRINUSE' });
  t.notThrows(() => listen(a, 'ipv6'));
  t.notThrows(() => listen(b, 'ipv4'));
  a.sockets.close();
  b.sockets.close();
});

test.serial('closing the node closes servers and connections, after which nothing keeps its namespace', async (t) => {
  const { a, b } = pair();
  const accepted = new Promise<Socket>((resolve) => {
    b.sockets.listenTcp({ family: 'ipv4', port: 80, onConnection: resolve });
  });
  const client = a.sockets.connectTcp({ family: 'ipv4', address: '10.1.0.2', port: 80 });
  const socket = await accepted;
  const closed = event(socket, 'close');
  b.sockets.close();
  await closed;
  t.true(socket.destroyed);
  client.destroy();
  const again = b.sockets.listenTcp({ family: 'ipv4', port: 80, onConnection: () => {} });
  t.true(again.listening);
  again.close();
});
