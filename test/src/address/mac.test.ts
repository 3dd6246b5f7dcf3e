import test from 'ava';
import fc from 'fast-check';
import { AddressError } from '#src/address/ip.js';
import { formatMac, macFromIpv4, parseMac } from '#src/address/mac.js';

test("a container's MAC is 02:42 and its address, as the recipe shows", (t) => {
  t.is(macFromIpv4('10.1.1.2'), '02:42:0a:01:01:02');
  t.throws(() => macFromIpv4('fd00::1'), { instanceOf: AddressError });
});

test('different addresses have different MACs that an interface may have', (t) => {
  const ipv4 = fc.ipV4();
  t.notThrows(() =>
    fc.assert(
      fc.property(
        ipv4,
        ipv4,
        (a, b) => parseMac(macFromIpv4(a)) === macFromIpv4(a) && (macFromIpv4(a) === macFromIpv4(b)) === (a === b),
      ),
    ),
  );
});

test('MACs are written in lower case with colons', (t) => {
  t.is(parseMac('02-42-0A-01-01-02'), '02:42:0a:01:01:02');
  t.is(formatMac(Uint8Array.of(2, 0x42, 10, 1, 1, 2)), '02:42:0a:01:01:02');
});

for (const [text, message] of [
  ['ff:ff:ff:ff:ff:ff', /multicast/],
  ['01:00:5e:00:00:01', /multicast/],
  ['00:00:00:00:00:00', /all-zero/],
  ['02:42:0a:01:01', /no MAC/],
  ['02:42-0a:01:01:02', /no MAC/],
  ['02:42:0a:01:01:02:03', /no MAC/],
  ['02420a010102', /no MAC/],
  ['', /no MAC/],
] as const) {
  test(`${JSON.stringify(text)} is refused`, (t) => {
    t.throws(() => parseMac(text), { instanceOf: AddressError, message });
  });
}
