/**
 * Slices: the part of the cluster network that one host's containers take their addresses from, without any
 * coordination between the hosts (Docker's --fixed-cidr, poor-mens-cluster-ips.txt).
 */
import { AddressError } from './error.js';
import { type Address, toNumber } from './ip.js';
import { addressAt, asPrefix, type Prefix, type PrefixLike, prefixSize } from './prefix.js';

/** Offset of a slice's first container: .0 is the network's, .1 by habit a gateway's. */
const firstOffset = 2n;

/** The addresses of a slice that containers may have: from offset 2 to the last but one. */
export interface SliceRange {
  readonly slice: Prefix;
  /** Absent when the slice is too small for any container. */
  readonly first?: Address;
  readonly last?: Address;
  /** Number of addresses for containers: 253 in a /24. */
  readonly capacity: number;
}

/** What a slice offers. @throws AddressError when the text is no prefix */
export function sliceRange(slice: PrefixLike): SliceRange {
  const prefix = asPrefix(slice);
  const capacity = prefixSize(prefix) - firstOffset - 1n;
  if (capacity <= 0n) return { slice: prefix, capacity: 0 };
  const [first, last] = [addressAt(prefix, firstOffset), addressAt(prefix, firstOffset + capacity - 1n)];
  return { slice: prefix, first, last, capacity: Number(capacity) };
}

/** One sentence on what a slice holds, for messages. */
export function describeSlice({ slice, first, last, capacity }: SliceRange): string {
  if (first === undefined || last === undefined) return `${slice.text} holds no container`;
  if (capacity === 1) return `${slice.text} holds 1 container, ${first.text}`;
  return `${slice.text} holds ${capacity} containers, ${first.text} to ${last.text}`;
}

/** How many containers the slice can still give an address of its own choice. */
export function freeAddresses({ slice, capacity }: SliceRange, taken: readonly bigint[]): number {
  const end = firstOffset + BigInt(capacity);
  return capacity - [...takenOffsets(slice, taken)].filter((offset) => offset >= firstOffset && offset < end).length;
}

/** Hands out the addresses of one slice, each once. */
export interface SliceAllocator {
  readonly range: SliceRange;
  /** How many addresses were free at the start. */
  readonly free: number;
  /** The lowest free address. @throws AddressError when all are taken */
  next(): Address;
  /** The highest address of the slice. @throws AddressError when it is taken */
  last(): Address;
  /** What `next` gives when everything up to the last address is taken. @throws AddressError: nothing */
  beyondLast(): Address;
}

/**
 * An allocator for one slice.
 * @param owner the host that owns the slice, for messages
 * @param taken addresses, as numbers, that are not to be handed out; those outside the slice do not matter
 */
export function sliceAllocator(owner: string, slice: PrefixLike, taken: readonly bigint[] = []): SliceAllocator {
  const range = sliceRange(slice);
  const used = takenOffsets(range.slice, taken);
  const end = firstOffset + BigInt(range.capacity);
  let candidate = firstOffset;
  const exhausted = () => new AddressError(`${owner}'s slice ${describeSlice(range)}${allTaken(range)}`);
  const take = (offset: bigint): Address => {
    used.add(offset);
    return addressAt(range.slice, offset);
  };
  const next = (): Address => {
    while (candidate < end && used.has(candidate)) candidate += 1n;
    if (candidate >= end) throw exhausted();
    return take(candidate);
  };
  return {
    range,
    free: freeAddresses(range, taken),
    next,
    last() {
      if (range.capacity === 0) throw exhausted();
      if (!used.has(end - 1n)) return take(end - 1n);
      throw new AddressError(`${range.last?.text}, the last address of ${owner}'s slice ${range.slice.text}, is taken`);
    },
    beyondLast() {
      candidate = end;
      return next();
    },
  };
}

function takenOffsets(slice: Prefix, taken: readonly bigint[]): Set<bigint> {
  const [base, size] = [toNumber(slice.network), prefixSize(slice)];
  const offsets = new Set<bigint>();
  for (const address of taken) if (address >= base && address < base + size) offsets.add(address - base);
  return offsets;
}

function allTaken({ capacity }: SliceRange): string {
  if (capacity === 0) return '';
  return capacity === 1 ? ', and it is taken' : ', and all are taken';
}
