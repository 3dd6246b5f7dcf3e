/** Ranges of IPv4 addresses that are no prefixes, as DHCP servers have them. */
import { AddressError, toNumber } from './ip.js';
import { firstAddress, lastAddress, type PrefixLike } from './prefix.js';

/** Addresses without prefix length, both ends included. */
export interface AddressRange {
  readonly first: string;
  readonly last: string;
}

/** How many addresses a range has. */
export function rangeSize({ first, last }: AddressRange): number {
  return Number(toNumber(last) - toNumber(first)) + 1;
}

export function inRange({ first, last }: AddressRange, address: string): boolean {
  const number = toNumber(address);
  return number >= toNumber(first) && number <= toNumber(last);
}

/** @throws AddressError unless the range has addresses that nodes of the network may have */
export function demandRange(network: PrefixLike, { first, last }: AddressRange): void {
  const [from, to] = [toNumber(first), toNumber(last)];
  if (from <= to && from > toNumber(firstAddress(network)) && to < toNumber(lastAddress(network))) return;
  const text = typeof network === 'string' ? network : network.text;
  throw new AddressError(`${first} to ${last} is no range of addresses in ${text}`);
}
