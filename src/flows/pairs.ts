/** Which ordered pairs of endpoints a reachability check probes. Pure. */
import { groupBy } from '#lab/group-by.js';
import type { Endpoint, Plan } from '../plan/plan.js';

type Coverage = Plan['scenario']['coverage'];

export interface Pair {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** Up to so many endpoints every ordered pair of them is probed, or as many pairs of another shape. */
export const ALL_PAIRS_LIMIT = 40;

/**
 * Chooses ordered pairs of different nodes. `all`: every one. `covering`: so few that every source sends, every destination
 * receives, every ordered pair of sites has a pair, and every site that can has one inside; a site is a host with its
 * containers, or a machine of its own. `auto`: every one up to the limit, a covering design above it.
 * @param sources may be the same endpoints as the destinations
 */
export function choosePairs(
  sources: readonly Endpoint[],
  destinations: readonly Endpoint[],
  coverage: Coverage = 'auto',
  limit = ALL_PAIRS_LIMIT,
): readonly Pair[] {
  const possible = sources.length * destinations.length;
  const isSmall = possible <= limit * limit;
  if (coverage === 'all' || (coverage === 'auto' && isSmall)) return everyPair(sources, destinations);
  return new CoveringDesign(sources, destinations).pairs();
}

function everyPair(sources: readonly Endpoint[], destinations: readonly Endpoint[]): Pair[] {
  return sources.flatMap((from) => destinations.filter((to) => to.node !== from.node).map((to) => ({ from, to })));
}

const siteOf = ({ host, node }: Endpoint): string => host ?? node;

/** Takes endpoints in turn, so that all of them are used before one is used again. */
class Turn {
  readonly #endpoints: readonly Endpoint[];
  #next = 0;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  /** @returns the next one that is not this node; undefined when there is none */
  takeOtherThan(node: string | undefined): Endpoint | undefined {
    for (let step = 0; step < this.#endpoints.length; step += 1) {
      const index = (this.#next + step) % this.#endpoints.length;
      const endpoint = this.#endpoints[index];
      if (endpoint !== undefined && endpoint.node !== node) {
        this.#next = index + 1;
        return endpoint;
      }
    }
    return undefined;
  }
}

class CoveringDesign {
  readonly #sources: readonly Endpoint[];
  readonly #destinations: readonly Endpoint[];
  readonly #chosen = new Map<string, Pair>();
  readonly #silent: Set<Endpoint>;
  readonly #deaf: Set<Endpoint>;

  constructor(sources: readonly Endpoint[], destinations: readonly Endpoint[]) {
    this.#sources = sources;
    this.#destinations = destinations;
    this.#silent = new Set(sources);
    this.#deaf = new Set(destinations);
  }

  pairs(): readonly Pair[] {
    this.#pairSites();
    this.#pairTheUnused();
    this.#useTheRest();
    return [...this.#chosen.values()];
  }

  #choose(from: Endpoint | undefined, to: Endpoint | undefined): void {
    if (from === undefined || to === undefined || from.node === to.node) return;
    this.#chosen.set(`${from.node} ${to.node}`, { from, to });
    this.#silent.delete(from);
    this.#deaf.delete(to);
  }

  /** One pair for each ordered pair of sites, a site with itself included. */
  #pairSites(): void {
    const senders = turnsBySite(this.#sources);
    const receivers = turnsBySite(this.#destinations);
    for (const sender of senders.values())
      for (const receiver of receivers.values()) {
        const from = sender.takeOtherThan(undefined);
        const to = receiver.takeOtherThan(from?.node);
        // A single destination may be the very sender: then another sender has to do.
        this.#choose(
          to === undefined ? sender.takeOtherThan(from?.node) : from,
          to ?? receiver.takeOtherThan(undefined),
        );
      }
  }

  /** Sources that have not sent to destinations that have not received, on other sites where there are any. */
  #pairTheUnused(): void {
    for (const from of this.#silent) {
      const candidates = [...this.#deaf].filter((to) => to.node !== from.node);
      this.#choose(from, candidates.find((to) => siteOf(to) !== siteOf(from)) ?? candidates[0]);
    }
  }

  #useTheRest(): void {
    const receivers = new Turn(this.#destinations);
    for (const from of this.#silent) this.#choose(from, receivers.takeOtherThan(from.node));
    const senders = new Turn(this.#sources);
    for (const to of this.#deaf) this.#choose(senders.takeOtherThan(to.node), to);
  }
}

function turnsBySite(endpoints: readonly Endpoint[]): Map<string, Turn> {
  return new Map([...groupBy(endpoints, siteOf)].map(([site, members]) => [site, new Turn(members)]));
}
