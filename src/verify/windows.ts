/**
 * Windows of the neighbour table: the kernel has one table for all namespaces, so flows are measured in groups whose
 * entries fit into it (lab/machine/neighbour-table.ts). Pure.
 */
import { groupBy } from '#lab/group-by.js';
import type { Family } from '#lab/sockets.js';
import type { FlowRequest } from './flows.js';

/** What decides about neighbour entries. */
export type Ends = Pick<FlowRequest, 'from' | 'to' | 'family'>;

/** Each end of a pair on one LAN learns the other; over IPv6 whoever asks also keeps the group that it asked. */
const ENTRIES_PER_PAIR = { ipv4: 2, ipv6: 4 } as const;
/** Each endpoint learns its gateway, and the gateway learns it. */
const ENTRIES_PER_ENDPOINT = 2;

/** Flows between the same two nodes, in both directions and by every protocol: they share their neighbour entries. */
export function groupByNodes<T extends Ends>(flows: readonly T[]): T[][] {
  return [...groupBy(flows, ({ from, to }) => [from.node, to.node].toSorted().join(' ')).values()];
}

/**
 * How many of the groups, from the first on, make at most so many entries live at one time in the table of either family.
 * @returns at least 1 when there is any group: a window can be no smaller
 */
export function countFitting(groups: readonly (readonly Ends[])[], entries: number): number {
  const needs = { ipv4: new Need('ipv4'), ipv6: new Need('ipv6') };
  const index = groups.findIndex((group, position) => {
    for (const family of new Set(group.map((flow) => flow.family))) needs[family].add(group, family);
    return position > 0 && Math.max(needs.ipv4.entries, needs.ipv6.entries) > entries;
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

  add(group: readonly Ends[], family: Family): void {
    this.#pairs += 1;
    for (const flow of group)
      if (flow.family === family) {
        this.#endpoints.add(flow.from.node);
        this.#endpoints.add(flow.to.node);
      }
  }

  get entries(): number {
    return ENTRIES_PER_PAIR[this.#family] * this.#pairs + ENTRIES_PER_ENDPOINT * this.#endpoints.size;
  }
}
