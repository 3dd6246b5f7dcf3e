import { spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import test from 'ava';
import {
  arpProbe,
  BROADCAST_MAC,
  decodeArp,
  decodeNeighbourAdvertisement,
  duplicateAddressSolicitation,
  encodeEthernet,
} from '#lab/frames.js';
import { capture, encodePcapHeader, encodePcapRecord } from '#lab/pcap.js';
import type { Frame } from '#lab/sockets.js';
import { closeNodes, once, pair, star, until } from './topology.js';

test.after.always(closeNodes);

/** netlab's own EtherType: the first of those for local experiments (IEEE 802). */
const PROBE_ETHER_TYPE = 0x88b5;
const MAC = '02:00:00:00:00:99';

function probeFrame(text: string, payloadBytes = 46): Buffer {
  const payload = Buffer.alloc(payloadBytes);
  payload.write(text);
  return encodeEthernet({ destination: BROADCAST_MAC, source: MAC, etherType: PROBE_ETHER_TYPE, payload });
}

function collect(socket: { onFrame: (frame: Frame) => void }): Frame[] {
  const frames: Frame[] = [];
  socket.onFrame = (frame) => frames.push(frame);
  return frames;
}

test.serial('a frame is seen going out here and coming in there, whole, with its time', async (t) => {
  const { a, b } = pair();
  const outgoing = collect(a.sockets.packet());
  const incoming = collect(b.sockets.packet({ link: 'eth0', etherType: PROBE_ETHER_TYPE }));
  const sender = a.sockets.packet({ etherType: 0 });
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
  const socket = b.sockets.packet({ etherType: PROBE_ETHER_TYPE, contains: Buffer.from('mine') });
  const frames = collect(socket);
  const sender = a.sockets.packet({ etherType: 0 });
  sender.send('eth0', probeFrame('other'));
  a.sockets.icmp({ family: 'ipv4' }).sendRequest('10.1.0.2', 1, 1, Buffer.from('mine too, but ICMP'));
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
  const frames = collect(b.sockets.packet({ etherType: PROBE_ETHER_TYPE, snapLengthBytes: 20 }));
  a.sockets.packet({ etherType: 0 }).send('eth0', probeFrame('long', 500));
  await until(() => frames.length > 0);
  t.is(frames[0]?.data.length, 20);
  t.is(frames[0]?.lengthBytes, 514);
  a.sockets.close();
  b.sockets.close();
});

test.serial('a VLAN tag that the kernel took out of the frame is put back', async (t) => {
  const { a, b } = pair();
  const frames = collect(b.sockets.packet({ contains: Buffer.from('tagged') }));
  const inner = probeFrame('tagged');
  const tagged = Buffer.concat([inner.subarray(0, 12), Buffer.from('81000064', 'hex'), inner.subarray(12)]);
  a.sockets.packet({ etherType: 0 }).send('eth0', tagged);
  await until(() => frames.length > 0);
  t.deepEqual(frames[0]?.data, tagged);
  a.sockets.close();
  b.sockets.close();
});

test.serial('a link that is not there, or is down, is refused at once', (t) => {
  const { a } = pair();
  const socket = a.sockets.packet();
  t.throws(() => socket.send('eth7', probeFrame('x')), { code: 'ENODEV', message: /eth7/ });
  t.throws(() => a.sockets.packet({ link: 'eth7' }), { code: 'ENODEV' });
  a.ip('link set eth0 down');
  t.throws(() => socket.send('eth0', probeFrame('x')), { code: 'ENETDOWN' });
  a.sockets.close();
});

test.serial('frames dropped because they were not read in time are counted', async (t) => {
  const { a, b } = pair();
  const receiver = b.sockets.packet({ etherType: PROBE_ETHER_TYPE, bufferBytes: 4096 });
  const frames = collect(receiver);
  const sender = a.sockets.packet({ etherType: 0 });
  // All in one turn of the event loop, so that nothing can be read meanwhile.
  for (let count = 0; count < 500; count += 1) sender.send('eth0', probeFrame(`${count}`));
  await new Promise(setImmediate);
  await until(() => frames.length > 0);
  const dropped = receiver.takeDropped();
  t.true(dropped > 0);
  t.is(dropped + frames.length, 500);
  t.is(receiver.takeDropped(), 0);
  a.sockets.close();
  b.sockets.close();
});

test.serial('a flood of frames does not keep the event loop from other work', async (t) => {
  const { a, b } = pair();
  let frames = 0;
  const receiver = b.sockets.packet({ etherType: PROBE_ETHER_TYPE });
  const sender = a.sockets.packet({ etherType: 0 });
  // As in a loop of bridges, each frame that is seen makes another one.
  receiver.onFrame = ({ data }) => {
    frames += 1;
    sender.send('eth0', data);
  };
  for (let count = 0; count < 200; count += 1) sender.send('eth0', probeFrame('flood'));
  let worstMs = 0;
  for (let round = 0; round < 20; round += 1) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    worstMs = Math.max(worstMs, performance.now() - start - 5);
  }
  t.true(frames > 500, `${frames} frames`);
  t.true(worstMs < 100, `a timer came ${worstMs} ms late`);
  a.sockets.close();
  b.sockets.close();
});

test.serial('every owner of an address answers an ARP probe, which leaves no trace', async (t) => {
  const [a, b, thief] = star(3);
  if (a === undefined || b === undefined || thief === undefined) throw new Error('three nodes');
  thief.ip('addr add 10.1.0.2/16 dev eth0');
  const socket = a.sockets.packet({ etherType: 0x0806 });
  const frames = collect(socket);
  socket.send('eth0', arpProbe(MAC, '10.1.0.2'));
  const replies = () => frames.map(({ data }) => decodeArp(data)).filter((arp) => arp?.operation === 'reply');
  await until(() => replies().length === 2);
  t.deepEqual(new Set(replies().map((arp) => arp?.senderAddress)), new Set(['10.1.0.2']));
  t.is(new Set(replies().map((arp) => arp?.senderMac)).size, 2);
  t.true(replies().every((arp) => arp?.targetMac === MAC && arp.targetAddress === '0.0.0.0'));
  t.is(b.run('ip', 'neigh'), '');
  t.is(thief.run('ip', 'neigh'), '');
  a.sockets.close();
});

test.serial('an owner of an IPv6 address answers a duplicate address solicitation', async (t) => {
  const { a, b } = pair();
  const socket = a.sockets.packet({ etherType: 0x86dd });
  const advertisement = once<Frame>((callback) => {
    socket.onFrame = (frame) => {
      if (decodeNeighbourAdvertisement(frame.data) !== undefined) callback(frame);
    };
  });
  socket.send('eth0', duplicateAddressSolicitation(MAC, 'fd00::2'));
  const decoded = decodeNeighbourAdvertisement((await advertisement).data);
  const links = b.run('ip', '-o', 'link', 'show', 'eth0');
  t.like(decoded, { targetAddress: 'fd00::2', solicited: false, override: true });
  t.true(links.includes(decoded?.targetMac ?? 'none'));
  a.sockets.close();
});

test.serial('a capture is read by tcpdump', async (t) => {
  if (spawnSync('tcpdump', ['--version']).error !== undefined) {
    t.log('skipped: tcpdump is not installed');
    t.pass();
    return;
  }
  const { a, b } = pair();
  const path = join(tmpdir(), `netlab-test-${process.pid}.pcap`);
  const sink = createWriteStream(path);
  const running = capture(b.sockets, {}, sink);
  const prober = a.sockets.icmp({ family: 'ipv4' });
  for (const sequence of [1, 2, 3]) prober.sendRequest('10.1.0.2', 1, sequence, Buffer.alloc(56));
  await until(() => running.summary.frames >= 6);
  const summary = running.stop();
  t.is(running.stop().frames, summary.frames);
  t.is(summary.dropped, 0);
  sink.end();
  await finished(sink);
  // Here it is root of a user namespace that may not drop to another user, which tcpdump insists on unless it is nobody.
  const words = ['--user', 'tcpdump', '-nr', '-', 'icmp'];
  const { stdout, stderr, status } = spawnSync('unshare', words, { input: readFileSync(path), encoding: 'utf8' });
  t.is(status, 0, stderr);
  t.is(stdout.trim().split('\n').length, 6, stdout);
  t.regex(stdout, /10\.1\.0\.1 > 10\.1\.0\.2: ICMP echo request, id \d+, seq 1, length 64/);
  rmSync(path);
});

test.serial('a capture drops and counts what a slow reader does not take', async (t) => {
  const { a, b } = pair();
  const stuck = new Writable({ write: () => {} });
  const running = capture(b.sockets, { etherType: PROBE_ETHER_TYPE }, stuck);
  const sender = a.sockets.packet({ etherType: 0 });
  // 8 MiB may wait; these are 12.
  for (let burst = 0; burst < 100; burst += 1) {
    for (let count = 0; count < 84; count += 1) sender.send('eth0', probeFrame('x', 1450));
    await until(() => running.summary.frames + running.summary.dropped >= (burst + 1) * 84);
  }
  const { frames, dropped } = running.stop();
  t.is(frames + dropped, 8400);
  t.true(dropped > 1000);
  t.true(stuck.writableLength < 9 * 1024 * 1024);
  a.sockets.close();
});

test.serial('pcap records: microseconds, kept length and real length', (t) => {
  t.is(encodePcapHeader(96).toString('hex'), 'd4c3b2a1020004000000000000000000600000000' + '1000000');
  const record = encodePcapRecord({ data: Buffer.from('abcd'), timeMs: 1_700_000_000_123.456, lengthBytes: 99 });
  t.is(record.readUInt32LE(0), 1_700_000_000);
  t.is(record.readUInt32LE(4), 123_456);
  t.is(record.readUInt32LE(8), 4);
  t.is(record.readUInt32LE(12), 99);
});
