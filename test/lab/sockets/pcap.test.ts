import { spawnSync } from 'node:child_process';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import test from 'ava';
import { capture, encodePcapHeader, encodePcapRecord } from '#lab/pcap.js';
import { PROBE_ETHER_TYPE, probeFrame } from './frame-helpers.js';
import { closeNodes, pair, until } from './topology.js';

test.after.always(closeNodes);

const hasTcpdump = spawnSync('unshare', ['--user', 'tcpdump', '--version']).status === 0;
const withTcpdump = hasTcpdump ? test.serial : test.serial.skip;

withTcpdump('a capture is read by tcpdump', async (t) => {
  const { a, b } = pair();
  const path = join(tmpdir(), `netlab-test-${process.pid}.pcap`);
  const sink = createWriteStream(path);
  const running = await capture(b.sockets, {}, sink);
  const prober = await a.sockets.icmp({ family: 'ipv4' });
  for (const sequence of [1, 2, 3])
    prober.sendRequest({ address: '10.1.0.2', identifier: 1, sequence, payload: Buffer.alloc(56) });
  await until(async () => (await running.summary()).frames >= 6);
  const summary = await running.stop();
  t.is((await running.stop()).frames, summary.frames);
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
  const running = await capture(b.sockets, { etherType: PROBE_ETHER_TYPE }, stuck);
  const sender = await a.sockets.packet({ etherType: 0 });
  // 8 MiB may wait; these are 12.
  for (let burst = 0; burst < 100; burst += 1) {
    for (let count = 0; count < 84; count += 1) sender.send('eth0', probeFrame('x', 1450));
    await until(async () => {
      const { frames, dropped } = await running.summary();
      return frames + dropped >= (burst + 1) * 84;
    });
  }
  const { frames, dropped } = await running.stop();
  t.is(frames + dropped, 8400);
  t.true(dropped > 1000);
  t.true(stuck.writableLength < 9 * 1024 * 1024);
  a.sockets.close();
});

test.serial('pcap records: microseconds, kept length and real length', (t) => {
  t.is(encodePcapHeader(96).toString('hex'), 'd4c3b2a10200040000000000000000006000000001000000');
  const record = encodePcapRecord({ data: Buffer.from('abcd'), timeMs: 1_700_000_000_123.456, lengthBytes: 99 });
  t.is(record.readUInt32LE(0), 1_700_000_000);
  t.is(record.readUInt32LE(4), 123_456);
  t.is(record.readUInt32LE(8), 4);
  t.is(record.readUInt32LE(12), 99);
});
