/** Addresses as the kernel tells them in dumps. */
import { packAddress } from '../kernel/address.js';

export interface PackedAddresses {
  readonly families: readonly number[];
  /** Hexadecimal digits of each address. */
  readonly digits: ReadonlySet<string>;
}

/** Very many nodes forget the same list of addresses. */
const packed = new WeakMap<readonly string[], PackedAddresses>();

export function packedAddresses(addresses: readonly string[]): PackedAddresses {
  const known = packed.get(addresses);
  if (known !== undefined) return known;
  const all = addresses.map(packAddress);
  const made = {
    families: [...new Set(all.map(({ family }) => family))],
    digits: new Set(all.map(({ bytes }) => bytes.toString('hex'))),
  };
  packed.set(addresses, made);
  return made;
}
