/**
 * Windows of the neighbour table: the kernel has one table for all namespaces, so flows are measured in groups whose
 * entries fit into it (lab/machine/neighbour-table.ts). Pure.
 */
import { groupBy } from '#lab/group-by.js';
import type { Family } from '#lab/sockets.js';
import type { FlowRequest } from '../check/flow.js';

/** What decides about neighbour entries. */
export type Ends = Pick<FlowRequest, 'from' | 'to' | 'family'>;

/** Each end of a pair on one LAN learns the other; over IPv6 whoever asks also keeps the group that it asked. */
const ENTRIES_PER_PAIR = { ipv4: 2, ipv6: 4 } as const;
/** Each endpoint learns its gateway, and the gateway learns it. */
const ENTRIES_PER_ENDPOINT = 2;

/** Entries of each family. */
export type Entries = Readonly<Record<Family, number>>;

/** Flows between the same two nodes, in both directions and by every protocol: they share their neighbour entries. */
export function groupByNodes<T extends Ends>(flows: readonly T[]): T[][] {
  return [...groupBy(flows, pairOf).values()];
}

/** Names two nodes whichever way round: no name of a node has a blank in it. */
export function pairOf({ from, to }: Ends): string {
  return from.node < to.node ? `${from.node} ${to.node}` : `${to.node} ${from.node}`;
}

/**
 * How many of the groups, from the first on, make at most so many entries live at one time.
 * @returns at least 1 when there is any group: a window can be no smaller
 */
export function countFitting(groups: readonly (readonly Ends[])[], room: Entries): number {
  const needs = { ipv4: new Need('ipv4'), ipv6: new Need('ipv6') };
  const index = groups.findIndex((group, position) => {
    needs.ipv4.add(group);
    needs.ipv6.add(group);
    return position > 0 && (needs.ipv4.entries > room.ipv4 || needs.ipv6.entries > room.ipv6);
  });
  return index < 0 ? groups.length : index;
}

class Need {
  readonly #family: Family;
  #pairs = 0;
  readonly #endpoints = new Set<string>();

  constructor(family: Family) {
    this.#family = family;
  }

  /** @param group flows between two nodes */
  add(group: readonly Ends[]): void {
    const flow = group.find(({ family }) => family === this.#family);
    if (flow === undefined) return;
    this.#pairs += 1;
    this.#endpoints.add(flow.from.node).add(flow.to.node);
  }

  get entries(): number {
    return ENTRIES_PER_PAIR[this.#family] * this.#pairs + ENTRIES_PER_ENDPOINT * this.#endpoints.size;
  }
}
