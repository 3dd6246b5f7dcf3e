import test from 'ava';
import type { TcpConnection, TcpError } from '#lab/sockets.js';
import { closeNodes, once, pair } from './topology.js';

test.after.always(closeNodes);

/** Everything that the other end sends, until it sends no more. */
async function readAll(connection: TcpConnection): Promise<string> {
  const chunks: Buffer[] = [];
  connection.onData = (chunk) => void chunks.push(chunk);
  await once<void>((callback) => {
    connection.onEnd = callback;
  });
  return Buffer.concat(chunks).toString();
}

const errorOf = (connection: TcpConnection): Promise<TcpError> =>
  once<TcpError>((callback) => {
    connection.onError = callback;
  });

const greet = (connection: TcpConnection): void => connection.end(`you are ${connection.peer.address}`);

for (const [family, source, destination] of [
  ['ipv4', '10.1.0.1', '10.1.0.2'],
  ['ipv6', 'fd00::1', 'fd00::2'],
] as const) {
  test.serial(`${family}: a server sees the client's address, and data goes both ways`, async (t) => {
    const { a, b } = pair();
    const server = await b.sockets.listenTcp({ family, port: 80 });
    const asked = once<string>((callback) => {
      server.onConnection = (connection) => {
        connection.onData = (data) => {
          callback(data.toString());
          greet(connection);
        };
      };
    });
    const client = await a.sockets.connectTcp({ family, address: destination, port: 80 });
    client.onConnect = () => client.write('who am I?');
    t.is(await readAll(client), `you are ${source}`);
    t.is(await asked, 'who am I?');
    t.deepEqual(client.peer, { address: destination, port: 80 });
    a.sockets.close();
    b.sockets.close();
  });

  test.serial(`${family}: nobody listening is told as an event`, async (t) => {
    const { a } = pair();
    const client = await a.sockets.connectTcp({ family, address: destination, port: 81 });
    t.is((await errorOf(client)).code, 'ECONNREFUSED');
  });

  test.serial(`${family}: no route is told as an event`, async (t) => {
    const { a } = pair();
    const elsewhere = family === 'ipv4' ? '192.0.2.1' : '2001:db8::1';
    const client = await a.sockets.connectTcp({ family, address: elsewhere, port: 81 });
    t.is((await errorOf(client)).code, 'ENETUNREACH');
  });
}

test.serial(
  'a peer with a link-local address is told as such: its interface has no name where netlab looks',
  async (t) => {
    const { a, b } = pair();
    a.run('ip', '-6', 'addr', 'flush', 'dev', 'eth0', 'scope', 'global');
    a.ip('addr add fe80::77/64 dev eth0 nodad');
    a.run('ip', '-6', 'route', 'add', 'fd00::/64', 'dev', 'eth0', 'src', 'fe80::77');
    (await b.sockets.listenTcp({ family: 'ipv6', port: 80 })).onConnection = greet;
    const client = await a.sockets.connectTcp({ family: 'ipv6', address: 'fd00::2', port: 80 });
    t.regex(await readAll(client), /^you are fe80::77$/u);
    a.sockets.close();
    b.sockets.close();
  },
);

test.serial('a port in use is refused; the same port is free in the other family and in another node', async (t) => {
  const { a, b } = pair();
  const listen = (node: typeof a, family: 'ipv4' | 'ipv6') => node.sockets.listenTcp({ family, port: 80 });
  t.is((await listen(a, 'ipv4')).port, 80);
  await t.throwsAsync(listen(a, 'ipv4'), { code: 'EADDRINUSE' });
  await t.notThrowsAsync(listen(a, 'ipv6'));
  await t.notThrowsAsync(listen(b, 'ipv4'));
  a.sockets.close();
  b.sockets.close();
});

test.serial('a connection on which nothing happens is closed when that was asked for', async (t) => {
  const { a, b } = pair();
  const { port } = await b.sockets.listenTcp({ family: 'ipv4', port: 0 });
  t.true(port > 0);
  const client = await a.sockets.connectTcp({ family: 'ipv4', address: '10.1.0.2', port, idleTimeoutMs: 50 });
  await t.notThrowsAsync(
    once<void>((callback) => {
      client.onClose = callback;
    }),
  );
  a.sockets.close();
  b.sockets.close();
});

test.serial('closing the node closes servers and connections, after which nothing keeps its namespace', async (t) => {
  const { a, b } = pair();
  const server = await b.sockets.listenTcp({ family: 'ipv4', port: 80 });
  const accepted = once<TcpConnection>((callback) => {
    server.onConnection = callback;
  });
  const client = await a.sockets.connectTcp({ family: 'ipv4', address: '10.1.0.2', port: 80 });
  const connection = await accepted;
  const closed = once<void>((callback) => {
    connection.onClose = callback;
  });
  b.sockets.close();
  await t.notThrowsAsync(closed);
  client.close();
  const again = await b.sockets.listenTcp({ family: 'ipv4', port: 80 });
  again.close();
});
