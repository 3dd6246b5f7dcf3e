/** The interface that limits a direction: the one with the smallest MTU along its way. */
import type { Lab } from '#lab/lab.js';
import { observedLink } from '../../probes/observed-link.js';
import type { Plan } from '../../plan/plan.js';
import { type Hop, placeName } from '../../trace/cable-path.js';
import { hopsOf, wayBetween } from '../../trace/routed-way.js';
import type { Direction } from './directions.js';

export interface Limit {
  readonly node: string;
  /** `h2:eth1` */
  readonly where: string;
  readonly mtuBytes: number;
  /** Absent where the plan leaves it to the kernel. */
  readonly plannedBytes?: number;
}

/** @param wantedBytes what is to pass; an interface counts that has less, or less than planned */
export async function limitOf(
  lab: Lab,
  plan: Plan,
  direction: Direction,
  wantedBytes: number,
): Promise<Limit | undefined> {
  const hops = await hopsBetween(lab, plan, direction);
  const links = await Promise.all(hops.map((hop) => observedLink(lab, hop)));
  const small = hops.flatMap((hop, index): Limit[] => {
    const mtuBytes = links[index]?.mtuBytes;
    const planned = lab.node(hop.node).state.links.find(({ name }) => name === hop.link)?.mtuBytes;
    if (mtuBytes === undefined || mtuBytes >= Math.max(planned ?? 0, wantedBytes)) return [];
    return [
      { node: hop.node, where: placeName(hop), mtuBytes, ...(planned === undefined ? {} : { plannedBytes: planned }) },
    ];
  });
  return small.toSorted((a, b) => a.mtuBytes - b.mtuBytes)[0];
}

/** By the hosts that pass it on, where there are any. */
async function hopsBetween(lab: Lab, plan: Plan, { from, to, family, by }: Direction): Promise<readonly Hop[]> {
  const relays = by.flatMap((name) => plan.endpoints.find(({ node }) => node === name) ?? []);
  const stops = [from, ...relays, to];
  const ways = stops.slice(1).map(async (stop, index) => await wayBetween(lab, stops[index] ?? from, stop, family));
  const hops = (await Promise.all(ways)).flatMap(hopsOf);
  // What they pass on does not go by the interface that has their own address.
  return hops.filter(({ node, link }) => !relays.some((relay) => relay.node === node && relay.link === link));
}

/** `h2:eth1 has MTU 1400 (planned 1500)` */
export function limitWords({ where, mtuBytes, plannedBytes }: Limit, predictedBytes: number): string {
  if (plannedBytes === undefined || (plannedBytes === mtuBytes && mtuBytes < predictedBytes))
    return `${where} has MTU ${mtuBytes} (predicted ${predictedBytes})`;
  return `${where} has MTU ${mtuBytes} (${plannedBytes === mtuBytes ? 'as planned' : `planned ${plannedBytes}`})`;
}
