import test from 'ava';
import fc from 'fast-check';
import { AddressError, fromNumber, toNumber } from '#src/address/ip.js';
import {
  addressAt,
  blockAt,
  contains,
  containsPrefix,
  firstAddress,
  lastAddress,
  offsetOf,
  overlaps,
  parseNetwork,
  parsePrefix,
  prefixSize,
} from '#src/address/prefix.js';

const ipv4 = fc.nat(0xffffffff).map((value) => fromNumber('ipv4', BigInt(value)).text);
const ipv6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value) => fromNumber('ipv6', value).text);
const prefix = fc.oneof(
  fc.tuple(ipv4, fc.nat(32)).map(([address, length]) => `${address}/${length}`),
  fc.tuple(ipv6, fc.nat(128)).map(([address, length]) => `${address}/${length}`),
);

test('host bits are dropped and remembered', (t) => {
  const { text, hostBitsSet, length, network } = parsePrefix('10.1.1.5/24');
  t.deepEqual([text, hostBitsSet, length, network.text], ['10.1.1.0/24', true, 24, '10.1.1.0']);
  t.false(parsePrefix('10.1.1.0/24').hostBitsSet);
  t.throws(() => parseNetwork('10.1.1.5/24'), { instanceOf: AddressError, message: /the network is 10\.1\.1\.0\/24/ });
});

test('every prefix contains its ends and nothing beside them', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(prefix, (text) => {
        const { family } = parsePrefix(text);
        const [first, last] = [firstAddress(text), lastAddress(text)];
        const beside = [toNumber(first) - 1n, toNumber(last) + 1n].filter(
          (value) => value >= 0n && value >> (family === 'ipv4' ? 32n : 128n) === 0n,
        );
        const inside = contains(text, first) && contains(text, last);
        return inside && beside.every((value) => !contains(text, fromNumber(family, value)));
      }),
    ),
  );
});

test('offsets go there and back, with carries through the whole address', (t) => {
  fc.assert(
    fc.property(prefix, fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (text, seed) => {
      const offset = seed % prefixSize(text);
      return offsetOf(text, addressAt(text, offset)) === offset;
    }),
  );
  t.is(addressAt('2001:db8::ffff:ffff/64', (1n << 32n) - 1n).text, '2001:db8::ffff:ffff');
  t.is(addressAt('2001:db8::/64', 1n << 32n).text, '2001:db8::1:0:0');
  t.is(addressAt('10.1.1.0/24', 254).text, '10.1.1.254');
});

test('offsets that are none are refused', (t) => {
  for (const offset of [1.5, Number.NaN, Number.POSITIVE_INFINITY, -1, 256]) {
    t.throws(() => addressAt('10.1.1.0/24', offset), { instanceOf: AddressError }, String(offset));
  }
  t.throws(() => offsetOf('10.1.1.0/24', '10.1.2.0'), { message: '10.1.2.0 is not in 10.1.1.0/24' });
});

test('overlap is symmetric and is containment of one of the two', (t) => {
  fc.assert(
    fc.property(prefix, prefix, (a, b) => {
      const either = containsPrefix(a, b) || containsPrefix(b, a);
      return overlaps(a, b) === overlaps(b, a) && overlaps(a, b) === either && overlaps(a, a);
    }),
  );
  t.true(overlaps('10.1.0.0/16', '10.1.9.0/24'));
  t.false(overlaps('10.1.1.0/24', '10.1.2.0/24'));
});

test('families do not mix', (t) => {
  t.false(contains('::/0', '10.1.1.2'));
  t.false(contains('0.0.0.0/0', '::ffff:10.1.1.2'));
  t.false(overlaps('::/0', '0.0.0.0/0'));
  t.throws(() => offsetOf('::/0', '10.1.1.2'), { instanceOf: AddressError });
});

test('blocks divide a network', (t) => {
  t.is(blockAt('10.1.0.0/16', 24, 255).text, '10.1.255.0/24');
  t.throws(() => blockAt('10.1.0.0/16', 24, 256), { instanceOf: AddressError });
  t.throws(() => blockAt('10.1.0.0/16', 15, 0), { instanceOf: AddressError });
  t.throws(() => blockAt('10.1.0.0/16', 33, 0), { instanceOf: AddressError });
});
