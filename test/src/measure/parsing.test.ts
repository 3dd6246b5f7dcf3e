import { readProcessorTime, timeBetween } from '#lab/processor-time.js';
import { withinLimit } from '#src/measure/deadline.js';
import { MeasuringError } from '#src/measure/instrument.js';
import { countSockets, parse } from '#src/measure/iperf.js';
import { parseOffloads } from '#src/measure/machine.js';
import { parsePing, smoothQuantile } from '#src/measure/round-trips.js';
import { highestWithoutLoss, type Trial } from '#src/measure/search.js';
import test from 'ava';
import fc from 'fast-check';

test('what ping prints: replies in their order, lost requests left out', (t) => {
  const text = [
    'PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.',
    '64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.034 ms',
    '64 bytes from 10.0.0.2: icmp_seq=3 ttl=63 time=12.5 ms (DUP!)',
    '',
    '3 packets transmitted, 2 received, 33% packet loss, time 4ms',
    'rtt min/avg/max/mdev = 0.034/6.267/12.5/0.006 ms',
  ].join('\n');
  t.deepEqual(parsePing(text), { roundTripsMs: [0.034, 12.5], sentMs: [0, 4] });
});

test('quantiles of equal times lie around them, and grow with the share', (t) => {
  const times = fc.array(
    fc.integer({ min: 1, max: 40 }).map((micros) => micros / 1000),
    { minLength: 1 },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(times, (values) => {
        const found = [0, 0.25, 0.5, 0.75, 0.99].map((share) => smoothQuantile(values, share));
        const grows = found.every((value, index) => index === 0 || value >= (found[index - 1] ?? 0) - 1e-12);
        return grows && found.every((value) => values.some((one) => Math.abs(one - value) <= 0.0005 + 1e-12));
      }),
    ),
  );
});

test('sockets by local port and state', (t) => {
  const text = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 00000000:14B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1',
    '   1: 0200000A:14B3 0100000A:8C10 01 00000000:00000000 00:00000000 00000000     0        0 2',
    '   2: 0200000A:14B3 0100000A:8C12 01 00000000:00000000 00:00000000 00000000     0        0 3',
    '   3: 0200000A:8C10 0100000A:14B3 01 00000000:00000000 00:00000000 00000000     0        0 4',
  ].join('\n');
  t.is(countSockets(text, 5299, '0A'), 1);
  t.is(countSockets(text, 5299, '01'), 2);
  t.is(countSockets(text, 5300, '01'), 0);
});

test('iperf3: a warning before the document is no part of it, and no document is an error', (t) => {
  t.is(parse('warning: UDP block size\n{"error": "unable to connect"}').error, 'unable to connect');
  t.throws(() => parse('iperf3: usage'), { instanceOf: MeasuringError, message: /no JSON document: iperf3: usage/ });
});

test('offloads, those that decide how much is carried at a time', (t) => {
  const text =
    'Features for eth0:\nrx-checksumming: on\ntcp-segmentation-offload: off\n\ttx-tcp-segmentation: on\nntuple-filters: off [fixed]\n';
  t.deepEqual(parseOffloads(text), { 'rx-checksumming': 'on', 'tcp-segmentation-offload': 'off' });
});

test('the time of all processors: busy, stolen, all', (t) => {
  const before = readProcessorTime('cpu  100 0 50 1000 10 5 15 20 3 0\ncpu0 1 2 3\ncpu1 1 2 3\n', 7);
  // One second of two processors, of which one was idle: whatever the ticks of work say.
  const after = readProcessorTime('cpu  300 0 50 1100 10 5 15 21 3 0\ncpu0 1 2 3\ncpu1 1 2 3\n', 8);
  const { busySeconds, stolenSeconds, allSeconds } = timeBetween(before, after);
  t.deepEqual(
    [busySeconds, stolenSeconds, allSeconds].map((one) => Number(one.toFixed(6))),
    [0.99, 0.01, 2],
  );
  t.true(readProcessorTime().allSeconds > 0);
});

/** Loses whatever is beyond its capacity. */
function channelOf(capacity: number, fastest: number) {
  const trials: number[] = [];
  const send = async (rate: number | undefined): Promise<Trial> => {
    const sentBitsPerSecond = Math.min(rate ?? fastest, fastest);
    trials.push(sentBitsPerSecond);
    const receivedBitsPerSecond = Math.min(sentBitsPerSecond, capacity);
    return { sentBitsPerSecond, receivedBitsPerSecond, lossShare: 1 - receivedBitsPerSecond / sentBitsPerSecond };
  };
  return { trials, send };
}

const bounded = { mostTrials: 6, toleratedLossShare: 0.001 };

test('the highest rate without loss is found in few trials, to a few per cent', async (t) => {
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        async (capacity, fastest) => {
          const { trials, send } = channelOf(capacity * 1e6, fastest * 1e6);
          const found = (await highestWithoutLoss(send, bounded)) ?? 0;
          const wanted = Math.min(capacity, fastest) * 1e6;
          return trials.length <= 7 && found <= wanted * 1.001 && found >= wanted * 0.95;
        },
      ),
    ),
  );
});

test('a network that breaks down when too much is sent is searched below; one that always loses has no such rate', async (t) => {
  // Half of what it could carry is received when it is overrun, and every rate above a third loses.
  const breaks = async (rate: number | undefined): Promise<Trial> =>
    rate === undefined || rate > 300e6
      ? { sentBitsPerSecond: rate ?? 2e9, receivedBitsPerSecond: 500e6, lossShare: 0.5 }
      : { sentBitsPerSecond: rate, receivedBitsPerSecond: rate, lossShare: 0 };
  const found = (await highestWithoutLoss(breaks, bounded)) ?? 0;
  t.true(found > 270e6 && found <= 300e6, `${found}`);
  const loses = async (rate = 1e9): Promise<Trial> => ({
    sentBitsPerSecond: rate,
    receivedBitsPerSecond: 0.9 * rate,
    lossShare: 0.1,
  });
  t.is(await highestWithoutLoss(loses, bounded), undefined);
});

test('what never ends is given up in time, and at once when it is to stop', async (t) => {
  const never = new Promise<void>(() => undefined);
  const { signal } = new AbortController();
  await t.throwsAsync(withinLimit(never, 20, signal), { instanceOf: MeasuringError, message: 'no end within 0.02 s' });
  t.is(await withinLimit(Promise.resolve(7), 1000, signal), 7);
  const stop = new AbortController();
  const waiting = withinLimit(never, 60_000, stop.signal);
  stop.abort(new Error('stopped'));
  await t.throwsAsync(waiting, { message: 'stopped' });
  await t.throwsAsync(withinLimit(never, 60_000, stop.signal), { message: 'stopped' });
});
