/** The Internet checksum (RFC 1071) over the given parts, of which only the last may have an odd length. */
export function internetChecksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    const even = part.length & ~1;
    for (let index = 0; index < even; index += 2) sum += part.readUInt16BE(index);
    if (even < part.length) sum += (part[even] ?? 0) << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}
