import test from 'ava';
import fc from 'fast-check';
import { AddressError, toNumber } from '#src/address/ip.js';
import { contains } from '#src/address/prefix.js';
import { describeSlice, freeAddresses, sliceAllocator, sliceRange } from '#src/address/slices.js';

test('a /24 holds 253 containers, from .2 to .254', (t) => {
  t.is(describeSlice(sliceRange('10.1.1.0/24')), '10.1.1.0/24 holds 253 containers, 10.1.1.2 to 10.1.1.254');
  t.is(describeSlice(sliceRange('10.1.1.0/30')), '10.1.1.0/30 holds 1 container, 10.1.1.2');
  t.is(describeSlice(sliceRange('10.1.1.0/31')), '10.1.1.0/31 holds no container');
  t.is(describeSlice(sliceRange('10.1.1.0/32')), '10.1.1.0/32 holds no container');
});

test('all addresses are handed out once, in order, and then none', (t) => {
  const allocator = sliceAllocator('h1', '10.1.1.0/24');
  const given = Array.from({ length: 253 }, () => allocator.next().text);
  t.deepEqual([given[0], given.at(-1), new Set(given).size], ['10.1.1.2', '10.1.1.254', 253]);
  t.throws(() => allocator.next(), {
    instanceOf: AddressError,
    message: "h1's slice 10.1.1.0/24 holds 253 containers, 10.1.1.2 to 10.1.1.254, and all are taken",
  });
});

test('taken addresses are skipped, and the last one is given once', (t) => {
  const allocator = sliceAllocator('h1', '10.1.1.0/24', ['10.1.1.2', '10.1.1.4', '10.9.9.9'].map(toNumber));
  t.is(allocator.free, 251);
  t.deepEqual([allocator.next().text, allocator.next().text], ['10.1.1.3', '10.1.1.5']);
  t.is(allocator.last().text, '10.1.1.254');
  t.throws(() => allocator.last(), {
    message: /10\.1\.1\.254, the last address of h1's slice 10\.1\.1\.0\/24, is taken/,
  });
  t.throws(() => allocator.beyondLast(), { instanceOf: AddressError, message: /and all are taken/ });
});

test('a slice too small for anything refuses all', (t) => {
  const allocator = sliceAllocator('h1', '10.1.1.0/31');
  t.throws(() => allocator.next(), { message: "h1's slice 10.1.1.0/31 holds no container" });
  t.throws(() => allocator.last(), { message: "h1's slice 10.1.1.0/31 holds no container" });
});

test('whatever is taken, what is handed out is free, inside, distinct and as much as was said', (t) => {
  const taken = fc.array(fc.nat(40).map((offset) => BigInt(0x0a010100 - 4 + offset)));
  fc.assert(
    fc.property(fc.integer({ min: 27, max: 32 }), taken, (length, used) => {
      const slice = `10.1.1.0/${length}`;
      const allocator = sliceAllocator('h1', slice, used);
      const given = Array.from({ length: freeAddresses(sliceRange(slice), used) }, () => allocator.next());
      t.throws(() => allocator.next(), { instanceOf: AddressError });
      const distinct = new Set(given.map(({ text }) => text)).size === given.length;
      return distinct && given.every((address) => contains(slice, address) && !used.includes(toNumber(address)));
    }),
  );
});
