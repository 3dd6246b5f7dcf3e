import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { type Datagram, type DatagramError, openAll, type Refusal } from '#lab/sockets.js';
import { closeNodes, once, pair, refusalOf, routedPair, until } from './topology.js';

test.after.always(closeNodes);

for (const [family, source, destination] of [
  ['ipv4', '10.1.0.1', '10.1.0.2'],
  ['ipv6', 'fd00::1', 'fd00::2'],
] as const) {
  test.serial(`${family}: a datagram arrives with the sender's address, and the answer comes back`, async (t) => {
    const { a, b } = pair();
    const server = await b.sockets.udp({ family, port: 7000 });
    const client = await a.sockets.udp({ family });
    server.onMessage = ({ data, address, port }) =>
      server.send(Buffer.from(`${address} ${data.toString()}`), address, port);
    const answer = once<Datagram>((callback) => {
      client.onMessage = callback;
    });
    client.send(Buffer.from('hello'), destination, 7000);
    const { data, address, port } = await answer;
    t.is(data.toString(), `${source} hello`);
    t.is(address, destination);
    t.is(port, 7000);
    t.true(client.port > 0);
    a.sockets.close();
    b.sockets.close();
  });

  test.serial(`${family}: a closed port is told with who said so and what was sent`, async (t) => {
    const { a } = pair();
    const client = await a.sockets.udp({ family });
    const refusal = once<DatagramError>((callback) => {
      client.onError = callback;
    });
    client.send(Buffer.from('anybody?'), destination, 9);
    const error = await refusal;
    t.is(error.code, 'ECONNREFUSED');
    t.is(error.offender, destination);
    t.is(error.destination, destination);
    t.is(error.quoted.toString(), 'anybody?');
    // The error of that datagram is not taken for one of the next.
    client.onRefused = ({ message }) => t.fail(message);
    client.send(Buffer.from('next'), destination, 10);
    client.send(Buffer.from('next'), destination, 10);
    await nextTurn();
    a.sockets.close();
  });

  test.serial(`${family}: no route is refused at once`, async (t) => {
    const { a } = pair();
    const client = await a.sockets.udp({ family });
    const elsewhere = family === 'ipv4' ? '192.0.2.1' : '2001:db8::1';
    const refusal = refusalOf(client);
    client.send(Buffer.from('x'), elsewhere, 9, 7);
    t.like(await refusal, { id: 7, code: 'ENETUNREACH', destination: elsewhere });
    client.close();
  });

  test.serial(`${family}: larger than the link is refused at once with the link's MTU`, async (t) => {
    const { a } = pair();
    const client = await a.sockets.udp({ family, pathMtu: 'probe' });
    const headers = family === 'ipv4' ? 28 : 48;
    const refusals: Refusal[] = [];
    client.onRefused = (refusal) => void refusals.push(refusal);
    client.send(Buffer.alloc(1500 - headers), destination, 9, 1);
    client.send(Buffer.alloc(1501 - headers), destination, 9, 2);
    t.deepEqual(refusals, [], 'nothing is told from inside of send');
    await until(() => refusals.length > 0);
    t.is(refusals.length, 1);
    t.like(refusals[0], { id: 2, code: 'EMSGSIZE', mtuBytes: 1500, destination });
    t.regex(refusals[0]?.message ?? '', /1500 bytes/);
    client.close();
  });

  test.serial(
    `${family}: what is no address of the family is refused like others; a closed socket sends and tells nothing`,
    async (t) => {
      const { a } = pair();
      const client = await a.sockets.udp({ family });
      const icmp = await a.sockets.icmp({ family });
      const wrong = family === 'ipv4' ? 'fd00::2' : '10.1.0.2';
      const refusals = [refusalOf(client), refusalOf(icmp)];
      client.send(Buffer.from('x'), wrong, 9, 3);
      await icmp.sendRequests([{ address: wrong, identifier: 1, sequence: 1, payload: Buffer.alloc(8), id: 4 }]);
      t.deepEqual(
        (await Promise.all(refusals)).map((refusal) => [refusal.id, refusal.destination]),
        [
          [3, wrong],
          [4, wrong],
        ],
      );
      client.onRefused = ({ message }) => t.fail(message);
      client.send(Buffer.from('x'), wrong, 9);
      client.close();
      client.send(Buffer.from('x'), destination, 9);
      icmp.close();
      await nextTurn();
    },
  );

  test.serial(`${family}: a router's smaller MTU is told with the router's address`, async (t) => {
    const { a } = routedPair();
    const client = await a.sockets.udp({ family, pathMtu: 'probe' });
    const tooBig = once<DatagramError>((callback) => {
      client.onError = callback;
    });
    client.send(Buffer.alloc(1400), family === 'ipv4' ? '10.2.0.2' : 'fd00:2::2', 9);
    const { code, mtuBytes, offender } = await tooBig;
    t.like(
      { code, mtuBytes, offender },
      { code: 'EMSGSIZE', mtuBytes: 1300, offender: family === 'ipv4' ? '10.1.0.254' : 'fd00:1::ff' },
    );
    client.close();
  });
}

test.serial('a port in use is refused at once, and freed by close', async (t) => {
  const { a } = pair();
  const first = await a.sockets.udp({ family: 'ipv4', port: 7000 });
  await t.throwsAsync(a.sockets.udp({ family: 'ipv4', port: 7000 }), { code: 'EADDRINUSE' });
  const beside = await a.sockets.udp({ family: 'ipv6', port: 7000 });
  first.close();
  first.close();
  (await a.sockets.udp({ family: 'ipv4', port: 7000 })).close();
  beside.close();
});

test.serial('an address that the node does not have is refused', async (t) => {
  const { a } = pair();
  await t.throwsAsync(a.sockets.udp({ family: 'ipv4', address: '10.1.0.2' }), { code: 'EADDRNOTAVAIL' });
});

test.serial('a flood is read in bounded turns, and the event loop stays alive', async (t) => {
  const { a, b } = pair();
  const server = await b.sockets.udp({ family: 'ipv4', port: 7000 });
  const client = await a.sockets.udp({ family: 'ipv4' });
  const echo = await a.sockets.udp({ family: 'ipv4', port: 7001 });
  // Each answer is answered: traffic that never ends.
  let received = 0;
  server.onMessage = ({ data, address, port }) => {
    received += 1;
    server.send(data, address, port);
  };
  client.onMessage = ({ data, address, port }) => client.send(data, address, port);
  for (let index = 0; index < 100; index += 1) client.send(Buffer.alloc(100), '10.1.0.2', 7000);
  let worstMs = 0;
  for (let round = 0; round < 20; round += 1) {
    // Its own time: others may have the processor meanwhile.
    const start = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { user, system } = process.cpuUsage(start);
    worstMs = Math.max(worstMs, (user + system) / 1000);
  }
  t.true(received > 500, `received ${received}`);
  t.true(worstMs < 100, `a timer waited for ${worstMs} ms of work`);
  echo.close();
  a.sockets.close();
  b.sockets.close();
});

test.serial('of several that are opened together all stay open, or none', async (t) => {
  const { a } = pair();
  const open = (port: number) => a.sockets.udp({ family: 'ipv4', port });
  await t.throwsAsync(openAll([7001, 7002, 7001], open), { code: 'EADDRINUSE' });
  const opened = await openAll([7001, 7002], open);
  t.deepEqual(
    opened.map(({ port }) => port),
    [7001, 7002],
  );
  await t.throwsAsync(open(7002), { code: 'EADDRINUSE' });
  for (const one of opened) one.close();
});
