/** The first place along a way where a packet was missing, in words. */
import type { Lab } from '#lab/lab.js';
import { type Hop, placeName } from './cable-path.js';
import { tunnelExits } from './tunnel-exits.js';

export interface Loss {
  /** `left h1c1:eth0, entered h1:veth-h1c1, never left h1:eth1` */
  readonly words: string;
  /** The first place where the packet was missing, `node:link`; absent when it was not missing this time. */
  readonly where?: string;
  readonly lastSeen?: Hop;
  readonly missing?: Hop;
}

/** The furthest hop at which it was seen, and the one behind it; undefined when it was seen at the last one. */
export function follow(
  lab: Lab,
  hops: readonly Hop[],
  isSeen: (hop: Hop) => boolean,
  subject: string,
): Loss | undefined {
  const furthest = hops.findLastIndex(isSeen);
  const [first, lastSeen, missing] = [hops[0] as Hop, hops[furthest], hops[furthest + 1]];
  if (missing === undefined) return undefined;
  const where = placeName(missing);
  if (lastSeen === undefined) return { words: `${subject}${never(missing)}`, where, missing };
  const passed = furthest === 0 ? [first] : [first, lastSeen];
  const exit = missing.outgoing ? tunnelExits(lab, missing.node).find(isSeen) : undefined;
  if (exit !== undefined) {
    const words = [...passed, exit].map(past).join(', ');
    return {
      words: `${subject}${words} into its tunnel, and was not recognised behind it`,
      where: placeName(exit),
      missing,
    };
  }
  return { words: `${subject}${[...passed.map(past), never(missing)].join(', ')}`, where, lastSeen, missing };
}

export const past = (hop: Hop): string => `${hop.outgoing ? 'left' : 'entered'} ${placeName(hop)}`;
const never = (hop: Hop): string => `never ${hop.outgoing ? 'left' : 'entered'} ${placeName(hop)}`;
export const hopName = (hop: Hop): string => `${placeName(hop)} ${hop.outgoing ? 'out' : 'in'}`;
