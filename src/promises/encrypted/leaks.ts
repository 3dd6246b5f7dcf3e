/** What was readable on the underlay: whose traffic it was, and where. */
import { groupBy } from '#lab/group-by.js';
import type { Evidence } from '../../result/result.js';
import { enumerate, protocolWords } from '../../check/words.js';
import type { Token } from './tokens.js';
import type { Sighting } from './underlay-taps.js';

/** One piece of evidence for each host whose side all of it has in common: that of the senders, or of the receivers. */
export function leakEvidence(sightings: readonly Sighting[]): readonly Evidence[] {
  const hostsAt = (end: 'from' | 'to') => new Set(sightings.map(({ token }) => token[end].host)).size;
  const end = hostsAt('to') < hostsAt('from') ? 'to' : 'from';
  const along = sightings.toSorted((a, b) => a.timeMs - b.timeMs);
  const groups = groupBy(along, ({ token }) => token[end].host);
  return [...groups].map(([host, own]) => evidenceOf(host, own));
}

function evidenceOf(host: string, sightings: readonly Sighting[]): Evidence {
  const [first] = sightings as readonly [Sighting];
  const shown = sightings.find(({ node }) => node === host) ?? first;
  const tokens = [...new Set(sightings.map(({ token }) => token))];
  const places = sightings.map(({ node, link }) => `${node}:${link}`);
  const ends = (end: 'from' | 'to') => [...new Set(tokens.map((token) => token[end].node))].toSorted(inOrder);
  const verb = ends('from').length === 1 ? 'sends' : 'send';
  return {
    message: `what ${enumerate(ends('from'))} ${verb} to ${enumerate(ends('to'))} crosses the underlay in clear`,
    where: `${shown.node}:${shown.link}`,
    expected: 'no known plaintext of containers on any cable between the hosts',
    seen: `tokens by ${tokenWords(tokens)}, ${wrapping(shown)}, on ${enumerate(places)}`,
  };
}

/** Whose token was seen first is chance. */
const inOrder = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

function tokenWords(tokens: readonly Token[]): string {
  const families = tokens.map(({ family }) => (family === 'ipv4' ? 'IPv4' : 'IPv6'));
  return `${protocolWords(tokens.map(({ protocol }) => protocol))} over ${enumerate(families.toSorted())}`;
}

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const;
const ETHERNET_BYTES = 14;
/** Protocol numbers (IANA), and where their headers end: at a fixed place, or where their own data offset says (RFC 9293). */
const TCP = 6;
const UDP = 17;
const UDP_HEADER_BYTES = 8;
const names: Readonly<Record<number, string>> = { 4: 'IPIP', [TCP]: 'a TCP connection', 41: 'IPv6', 47: 'GRE' };

/** Whether the token lies in the outermost packet's own payload, or in a packet that this one carries (RFC 791, RFC 8200). */
function wrapping({ frame, offset }: Sighting): string {
  const type = frame.readUInt16BE(ETHERNET_BYTES - 2);
  if (type !== ETHERTYPE.ipv4 && type !== ETHERTYPE.ipv6) return `inside EtherType 0x${type.toString(16)}`;
  const isIpv4 = type === ETHERTYPE.ipv4;
  const protocol = frame.readUInt8(ETHERNET_BYTES + (isIpv4 ? 9 : 6));
  const transport = ETHERNET_BYTES + (isIpv4 ? 4 * (frame.readUInt8(ETHERNET_BYTES) & 0x0f) : 40);
  if (offset === transport + headerBytes(frame, protocol, transport)) return 'as they were sent';
  if (protocol === UDP) return `inside UDP to port ${frame.readUInt16BE(transport + 2)}`;
  return `inside ${names[protocol] ?? `IP protocol ${protocol}`}`;
}

function headerBytes(frame: Buffer, protocol: number, transport: number): number {
  return protocol === TCP ? 4 * (frame.readUInt8(transport + 12) >> 4) : UDP_HEADER_BYTES;
}
