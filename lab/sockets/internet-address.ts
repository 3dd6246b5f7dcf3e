import { isIPv4, isIPv6 } from 'node:net';

/** IPv4 address to its 4 bytes. @throws TypeError when it is none */
export function parseIpv4(text: string): Buffer {
  if (!isIPv4(text)) throw new TypeError(`not an IPv4 address: ${JSON.stringify(text)}`);
  return Buffer.from(text.split('.').map(Number));
}

export function formatIpv4(bytes: Buffer, offset = 0): string {
  return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
}

/** IPv6 address, without a zone, to its 16 bytes. @throws TypeError when it is none */
export function parseIpv6(text: string): Buffer {
  if (!isIPv6(text) || text.includes('%')) throw new TypeError(`not an IPv6 address: ${JSON.stringify(text)}`);
  const [head = '', tail] = text.split('::', 2);
  const left = groupsOf(head);
  const right = groupsOf(tail ?? '');
  const zeros = new Array<number>(8 - left.length - right.length).fill(0);
  return Buffer.from([...left, ...zeros, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

/** The 16-bit groups of a part of an IPv6 address; an IPv4 address at its end counts as two. */
function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const bytes = parseIpv4(group);
    return [bytes.readUInt16BE(0), bytes.readUInt16BE(2)];
  });
}

/** 16 bytes to the text form of RFC 5952, IPv4-mapped addresses in its section 5's mixed form. */
export function formatIpv6(bytes: Buffer, offset = 0): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(offset + 2 * index));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${formatIpv4(bytes, offset + 12)}`;
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hexadecimal(groups);
  return `${hexadecimal(groups.slice(0, start))}::${hexadecimal(groups.slice(start + length))}`;
}

const hexadecimal = (groups: readonly number[]): string => groups.map((group) => group.toString(16)).join(':');

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, index) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  });
  return best;
}
