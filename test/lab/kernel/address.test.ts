import { isIP, SocketAddress } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import { formatAddress, formatMac, packAddress, packMac, packPrefix } from '#lab/kernel/address.js';

test('every address survives being packed and formatted', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 })),
      (bytes) => {
        const text = formatAddress(Buffer.from(bytes));
        t.true(isIP(text) > 0);
        t.deepEqual([...packAddress(text).bytes], [...bytes]);
      },
    ),
  );
});

test('IPv6 is written as RFC 5952 wants it', (t) => {
  const zeroRich = fc.array(fc.constantFrom(0, 0, 0, 1, 0xffff), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(zeroRich, (groups) => {
      const bytes = Buffer.alloc(16);
      groups.forEach((group, index) => bytes.writeUInt16BE(group, index * 2));
      const text = formatAddress(bytes);
      const reference = new SocketAddress({
        address: groups.map((group) => group.toString(16)).join(':'),
        family: 'ipv6',
      }).address;
      // inet_ntop writes the last 32 bits of mapped and compatible addresses with dots; the kernel's tables never hold them.
      if (!reference.includes('.')) t.is(text, reference);
    }),
  );
});

test('what is no address, prefix or MAC is refused by name', (t) => {
  for (const text of ['', '10.1', '10.1.0.256', 'fe80::1%eth0', 'x'])
    t.throws(() => packAddress(text), { message: /is no IP address/u });
  for (const text of ['10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/1.5'])
    t.throws(() => packPrefix(text), { message: /no valid prefix length/u });
  t.throws(() => packMac('02:42:0a'), { message: /is no Ethernet address/u });
  t.is(formatMac(packMac('02:42:0A:01:01:02')), '02:42:0a:01:01:02');
});
