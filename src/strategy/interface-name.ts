import { createHash } from 'node:crypto';

/** Longest interface name in bytes: IFNAMSIZ - 1 (linux/if.h). */
export const maxInterfaceNameBytes = 15;

/**
 * The name of the interface that leads to a node: `veth-h1c1`, `to-h1`. A name that does not fit keeps the prefix's
 * first letters and ends in a hash of the whole. `~`, which no node name contains, keeps a shortened name apart from
 * every unshortened one; at least 50 bits of hash keep two shortened ones apart.
 * @param prefix what kind of interface it is, ending in `-`; ASCII, at most 5 bytes
 * @returns at most {@link maxInterfaceNameBytes} bytes, the same for the same arguments always
 */
export function interfaceName(prefix: string, node: string): string {
  const name = prefix + node;
  if (Buffer.byteLength(name) <= maxInterfaceNameBytes) return name;
  const kept = `${prefix.slice(0, 4).replace(/-$/u, '')}~`;
  return kept + hashLetters(name).slice(0, maxInterfaceNameBytes - kept.length);
}

/** sha256 in base 36: lower-case letters and digits only, so that no shell and no sysctl path needs quoting. */
function hashLetters(text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`)
    .toString(36)
    .padStart(50, '0');
}
