import test from 'ava';
import type { PacketSocket } from '#lab/sockets.js';
import { collect, PROBE_ETHER_TYPE, probeFrame } from './frame-helpers.js';
import { closeNodes, pair, refusalOf, until } from './topology.js';

test.after.always(closeNodes);

test.serial('a frame is seen going out here and coming in there, whole, with its time', async (t) => {
  const { a, b } = pair();
  const outgoing = collect(await a.sockets.packet());
  const incoming = collect(await b.sockets.packet({ link: 'eth0', etherType: PROBE_ETHER_TYPE }));
  const sender = await a.sockets.packet({ etherType: 0 });
  const sentMs = Date.now();
  sender.send('eth0', probeFrame('hello'));
  await until(() => incoming.length > 0 && outgoing.some((frame) => frame.data.includes('hello')));
  t.is(incoming.length, 1);
  const [frame] = incoming;
  t.like(frame, { link: 'eth0', outgoing: false, lengthBytes: 60 });
  t.deepEqual(frame?.data, probeFrame('hello'));
  t.true(Math.abs((frame?.timeMs ?? 0) - sentMs) < 1000);
  t.like(
    outgoing.find(({ data }) => data.includes('hello')),
    { link: 'eth0', outgoing: true },
  );
  a.sockets.close();
  b.sockets.close();
});

test.serial('only the wanted EtherType and only frames with the wanted bytes come up', async (t) => {
  const { a, b } = pair();
  const socket = await b.sockets.packet({ etherType: PROBE_ETHER_TYPE, contains: Buffer.from('mine') });
  const frames = collect(socket);
  const sender = await a.sockets.packet({ etherType: 0 });
  sender.send('eth0', probeFrame('other'));
  (await a.sockets.icmp({ family: 'ipv4' })).sendRequest({
    address: '10.1.0.2',
    identifier: 1,
    sequence: 1,
    payload: Buffer.from('mine too, but ICMP'),
  });
  sender.send('eth0', probeFrame('this is mine'));
  await until(() => frames.length > 0);
  t.deepEqual(
    frames.map(({ data }) => data.toString('latin1', 14, 26)),
    ['this is mine'],
  );
  a.sockets.close();
  b.sockets.close();
});

test.serial('the snap length cuts what is kept, not what is told of the length', async (t) => {
  const { a, b } = pair();
  const frames = collect(await b.sockets.packet({ etherType: PROBE_ETHER_TYPE, snapLengthBytes: 20 }));
  (await a.sockets.packet({ etherType: 0 })).send('eth0', probeFrame('long', 500));
  await until(() => frames.length > 0);
  t.is(frames[0]?.data.length, 20);
  t.is(frames[0]?.lengthBytes, 514);
  a.sockets.close();
  b.sockets.close();
});

test.serial('a VLAN tag that the kernel took out of the frame is put back', async (t) => {
  const { a, b } = pair();
  const frames = collect(await b.sockets.packet({ contains: Buffer.from('tagged') }));
  const inner = probeFrame('tagged');
  const tagged = Buffer.concat([inner.subarray(0, 12), Buffer.from('81000064', 'hex'), inner.subarray(12)]);
  (await a.sockets.packet({ etherType: 0 })).send('eth0', tagged);
  await until(() => frames.length > 0);
  t.deepEqual(frames[0]?.data, tagged);
  a.sockets.close();
  b.sockets.close();
});

test.serial('a link that is not there, or is down, is refused at once', async (t) => {
  const { a } = pair();
  const socket = await a.sockets.packet();
  const missing = refusalOf(socket);
  socket.send('eth7', probeFrame('x'), 5);
  t.like(await missing, { id: 5, code: 'ENODEV', destination: 'eth7' });
  await t.throwsAsync(a.sockets.packet({ link: 'eth7' }), { code: 'ENODEV' });
  a.ip('link set eth0 down');
  const down = refusalOf(socket);
  socket.send('eth0', probeFrame('x'), 6);
  t.like(await down, { id: 6, code: 'ENETDOWN', destination: 'eth0' });
  t.deepEqual(await socket.sendBurst('eth0', probeFrame('x'), { frames: 3 }), { sent: 0, refused: 3 });
  const untilRefused = { frames: 3, untilRefused: true };
  t.deepEqual(await socket.sendBurst('eth0', probeFrame('x'), untilRefused), { sent: 0, refused: 1 });
  await t.throwsAsync(socket.sendBurst('eth7', probeFrame('x'), untilRefused), { code: 'ENODEV', message: /eth7/ });
  a.sockets.close();
});

test.serial('a closed socket leaves alone the one that has its number now', async (t) => {
  const { a, b } = pair();
  const frames = collect(await b.sockets.packet({ etherType: PROBE_ETHER_TYPE }));
  const reused: PacketSocket[] = [];
  const closed = await a.sockets.packet();
  closed.close();
  // The number is given back on another thread, and then it is the lowest that is free.
  const isReused = async () => {
    const next = await a.sockets.packet({ etherType: PROBE_ETHER_TYPE });
    reused.push(next);
    return (next as unknown as { fd: number }).fd === (closed as unknown as { fd: number }).fd;
  };
  await until(isReused);
  const burst = { frames: 3 };
  t.deepEqual(await closed.sendBurst('eth0', probeFrame('closed'), burst), { sent: 0, refused: 3 });
  t.like(await closed.sendBurst('eth0', probeFrame('closed'), { ...burst, untilRefused: true }), { sent: 0 });
  await t.throwsAsync(closed.takeDropped(), { code: 'EBADF' });
  reused.at(-1)?.send('eth0', probeFrame('open'));
  await until(() => frames.length > 0);
  t.deepEqual(
    frames.map(({ data }) => data.toString('latin1', 14, 18)),
    ['open'],
  );
  a.sockets.close();
  b.sockets.close();
});

test.serial('frames dropped because they were not read in time are counted', async (t) => {
  const { a, b } = pair();
  const receiver = await b.sockets.packet({ etherType: PROBE_ETHER_TYPE, bufferBytes: 4096 });
  const frames = collect(receiver);
  const sender = await a.sockets.packet({ etherType: 0 });
  // All in one turn of the event loop, so that nothing can be read meanwhile.
  for (let count = 0; count < 500; count += 1) sender.send('eth0', probeFrame(`${count}`));
  await new Promise(setImmediate);
  await until(() => frames.length > 0);
  const dropped = await receiver.takeDropped();
  t.true(dropped > 0);
  t.is(dropped + frames.length, 500);
  t.is(await receiver.takeDropped(), 0);
  a.sockets.close();
  b.sockets.close();
});

test.serial('a flood of frames does not keep the event loop from other work', async (t) => {
  const { a, b } = pair();
  let frames = 0;
  const receiver = await b.sockets.packet({ etherType: PROBE_ETHER_TYPE });
  const sender = await a.sockets.packet({ etherType: 0 });
  // As in a loop of bridges, each frame that is seen makes another one.
  receiver.onFrame = ({ data }) => {
    frames += 1;
    sender.send('eth0', data);
  };
  for (let count = 0; count < 200; count += 1) sender.send('eth0', probeFrame('flood'));
  let worstMs = 0;
  for (let round = 0; round < 20; round += 1) {
    // Its own time: others may have the processor meanwhile.
    const start = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { user, system } = process.cpuUsage(start);
    worstMs = Math.max(worstMs, (user + system) / 1000);
  }
  t.true(frames > 500, `${frames} frames`);
  t.true(worstMs < 100, `a timer waited for ${worstMs} ms of work`);
  a.sockets.close();
  b.sockets.close();
});
