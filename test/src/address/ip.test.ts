import { isIPv6 } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import {
  AddressError,
  familyOf,
  fromBytes,
  fromNumber,
  parseAddress,
  sameAddress,
  splitInterface,
  toBytes,
  toNumber,
  withPrefixLength,
} from '#src/address/ip.js';

const ipv4Bytes = fc.uint8Array({ minLength: 4, maxLength: 4 });
/** Many zero groups, so that `::` is somewhere. */
const ipv6Bytes = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff])));

/** The URL standard serialises IPv6 by RFC 5952, but for the mixed notation of section 5. */
function rfc5952(text: string): string {
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

test('bytes to text and back is the identity', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.oneof(ipv4Bytes, ipv6Bytes), (bytes) => toBytes(fromBytes(bytes)).equals(Buffer.from(bytes))),
    ),
  );
});

test('IPv6 text is that of RFC 5952', (t) => {
  fc.assert(
    fc.property(ipv6Bytes, (bytes) => {
      const text = fromBytes(bytes);
      return text.startsWith('::ffff:') || text === rfc5952(text);
    }),
  );
  t.is(parseAddress('2001:DB8:0:0:1:0:0:1').text, '2001:db8::1:0:0:1');
  t.is(parseAddress('2001:db8:0:1:1:1:1:1').text, '2001:db8:0:1:1:1:1:1', 'a single zero group stays');
  t.is(parseAddress('0:0:0:0:0:0:0:0').text, '::');
  t.is(parseAddress('::ffff:a01:102').text, '::ffff:10.1.1.2');
  t.is(parseAddress('64:ff9b::10.1.1.2').text, '64:ff9b::a01:102', 'a dotted tail behind any prefix is read');
});

test('whatever notation inet_pton takes is read as the URL standard reads it', (t) => {
  const characters = fc.constantFrom(...'0123456789abcdefABCDEF:::::.'.split(''));
  const texts = fc.string({ unit: characters, minLength: 2, maxLength: 24 });
  t.notThrows(() =>
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(isIPv6(text));
        return sameAddress(text, rfc5952(text));
      }),
      { numRuns: 300, maxSkipsPerRun: 1000 },
    ),
  );
});

test('numbers and addresses correspond', (t) => {
  t.is(toNumber('10.0.0.1'), 0x0a000001n);
  t.is(fromNumber('ipv4', 0xffffffffn).text, '255.255.255.255');
  fc.assert(fc.property(ipv6Bytes, (bytes) => toNumber(fromNumber('ipv6', toNumber(fromBytes(bytes)))) >= 0n));
  t.throws(() => fromNumber('ipv4', 1n << 32n), { instanceOf: AddressError });
  t.throws(() => fromNumber('ipv6', -1n), { instanceOf: AddressError });
});

test('IPv4 and the IPv4-mapped IPv6 address are different', (t) => {
  t.false(sameAddress('10.1.1.2', '::ffff:10.1.1.2'));
  t.is(familyOf('::ffff:10.1.1.2'), 'ipv6');
  t.is(familyOf('10.1.1.2'), 'ipv4');
});

for (const text of [
  '',
  '10.1.1',
  '10.1.1.256',
  '1e1.1.1.1',
  ' 10.1.1.2',
  '10.1.1.2\n',
  ':::',
  '1:2:3',
  '10.1.1.2/24',
  'h1',
]) {
  test(`${JSON.stringify(text)} is no address`, (t) => {
    t.throws(() => parseAddress(text), { instanceOf: AddressError });
  });
}

test('refusals say why', (t) => {
  t.throws(() => parseAddress('010.1.1.2'), { message: /leading zeros/ });
  t.throws(() => parseAddress('fe80::1%eth0'), { message: /zone/ });
  t.throws(() => parseAddress('10.1.1.2/24'), { message: /prefix length/ });
  t.throws(() => fromBytes(new Uint8Array(5)), { message: /4 or 16 bytes/ });
});

test('interface addresses', (t) => {
  t.is(withPrefixLength('10.1.0.1', 16), '10.1.0.1/16');
  const { address, prefixLength } = splitInterface('fd00::0:1/64');
  t.deepEqual([address.text, prefixLength], ['fd00::1', 64]);
  for (const text of ['10.1.0.1', '10.1.0.1/33', '10.1.0.1/016', '10.1.0.1/-1', '10.1.0.1/16/16', '10.1.0.1/']) {
    t.throws(() => splitInterface(text), { instanceOf: AddressError }, text);
  }
  for (const length of [1.5, Number.NaN, -1, 33]) t.throws(() => withPrefixLength('10.1.0.1', length));
});
