import test from 'ava';
import { type IcmpMessage, openAll } from '#lab/sockets.js';
import { closeNodes, once, pair, refusalOf, routedPair, star, until } from './topology.js';

test.after.always(closeNodes);

for (const [family, source, destination] of [
  ['ipv4', '10.1.0.1', '10.1.0.2'],
  ['ipv6', 'fd00::1', 'fd00::2'],
] as const) {
  test.serial(
    `${family}: the destination sees the request, its kernel answers, the source sees the reply`,
    async (t) => {
      const { a, b } = pair();
      const [left, right] = [await a.sockets.icmp({ family }), await b.sockets.icmp({ family })];
      const request = once<IcmpMessage>((callback) => {
        right.onMessage = callback;
      });
      const reply = once<IcmpMessage>((callback) => {
        left.onMessage = callback;
      });
      const payload = Buffer.from('nonce 1');
      left.sendRequest({ address: destination, identifier: 0x1234, sequence: 0xfffe, payload });
      const expected = { identifier: 0x1234, sequence: 0xfffe, payload, hopLimit: 64 };
      t.deepEqual(await request, { kind: 'request', address: source, ...expected });
      t.deepEqual(await reply, { kind: 'reply', address: destination, ...expected });
      left.close();
      right.close();
    },
  );

  test.serial(
    `${family}: larger than the link is refused at once; a router's smaller MTU comes back with its address`,
    async (t) => {
      const { a } = routedPair();
      const socket = await a.sockets.icmp({ family, pathMtu: 'probe' });
      const [far, router] = family === 'ipv4' ? ['10.2.0.2', '10.1.0.254'] : ['fd00:2::2', 'fd00:1::ff'];
      const headers = family === 'ipv4' ? 28 : 48;
      const tooLarge = refusalOf(socket);
      const payload = Buffer.alloc(1501 - headers);
      socket.sendRequest({ address: far, identifier: 1, sequence: 1, payload, id: 70_001 });
      t.like(await tooLarge, { id: 70_001, code: 'EMSGSIZE', destination: far });
      for (const sequence of [2, 3]) {
        const error = once<IcmpMessage>((callback) => {
          socket.onMessage = callback;
        });
        socket.sendRequest({ address: far, identifier: 77, sequence, payload: Buffer.alloc(1301 - headers) });
        const request = { destination: far, identifier: 77, sequence };
        t.deepEqual(await error, { kind: 'too-big', address: router, mtuBytes: 1300, request });
      }
      const reply = once<IcmpMessage>((callback) => {
        socket.onMessage = callback;
      });
      socket.sendRequest({ address: far, identifier: 77, sequence: 4, payload: Buffer.alloc(1300 - headers) });
      t.is((await reply).kind, 'reply');
      socket.close();
    },
  );

  test.serial(`${family}: no route is refused at once here, and told by a router there`, async (t) => {
    const { a, router } = routedPair();
    const elsewhere = family === 'ipv4' ? '192.0.2.1' : '2001:db8::1';
    const [socket, atRouter] = [await a.sockets.icmp({ family }), await router.sockets.icmp({ family })];
    const refusal = refusalOf(atRouter);
    atRouter.sendRequest({ address: elsewhere, identifier: 1, sequence: 1, payload: Buffer.alloc(8) });
    t.like(await refusal, { id: 0, code: 'ENETUNREACH', destination: elsewhere });
    const error = once<IcmpMessage>((callback) => {
      socket.onMessage = callback;
    });
    socket.sendRequest({ address: elsewhere, identifier: 1, sequence: 9, payload: Buffer.alloc(8) });
    t.like(await error, {
      kind: 'unreachable',
      code: 0,
      request: { destination: elsewhere, identifier: 1, sequence: 9 },
    });
    socket.close();
    atRouter.close();
  });
}

test.serial('a loop of routes is told as time exceeded', async (t) => {
  const { a, router, b } = routedPair();
  router.ip('route add default via 10.2.0.2');
  b.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
  const socket = await a.sockets.icmp({ family: 'ipv4' });
  const error = once<IcmpMessage>((callback) => {
    socket.onMessage = callback;
  });
  socket.sendRequest({ address: '192.0.2.1', identifier: 5, sequence: 6, payload: Buffer.alloc(8) });
  t.like(await error, {
    kind: 'time-exceeded',
    code: 0,
    request: { destination: '192.0.2.1', identifier: 5, sequence: 6 },
  });
  socket.close();
});

test.serial('a neighbour that does not answer is told by our own kernel', async (t) => {
  const { a } = pair();
  const socket = await a.sockets.icmp({ family: 'ipv4' });
  const error = once<IcmpMessage>((callback) => {
    socket.onMessage = callback;
  }, 10_000);
  socket.sendRequest({ address: '10.1.0.77', identifier: 1, sequence: 1, payload: Buffer.alloc(8) });
  t.like(await error, { kind: 'unreachable', address: '10.1.0.1', code: 1 });
  socket.close();
});

test.serial('with an address given twice the wrong node sees the request', async (t) => {
  const [a, b, thief] = star(3);
  if (a === undefined || b === undefined || thief === undefined) throw new Error('three nodes');
  b.ip('link set eth0 down');
  thief.ip('addr add 10.1.0.2/16 dev eth0');
  const seen = { b: 0, thief: 0, reply: 0 };
  const sockets = await openAll([a, b, thief], (node) => node.sockets.icmp({ family: 'ipv4' }));
  const [fromA, atB, atThief] = sockets;
  if (fromA === undefined || atB === undefined || atThief === undefined) throw new Error('three sockets');
  fromA.onMessage = () => void (seen.reply += 1);
  atB.onMessage = () => void (seen.b += 1);
  atThief.onMessage = () => void (seen.thief += 1);
  fromA.sendRequest({ address: '10.1.0.2', identifier: 1, sequence: 1, payload: Buffer.alloc(8) });
  await until(() => seen.reply === 1);
  t.deepEqual(seen, { b: 0, thief: 1, reply: 1 });
  for (const socket of sockets) socket.close();
});
