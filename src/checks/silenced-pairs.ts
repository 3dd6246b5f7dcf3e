/** Whether containers that are there already still reach each other while something is done to the lab. */
import type { Endpoint } from '../plan/plan.js';
import type { CheckContext } from './contract.js';
import { DatagramProbes, type Shot } from './datagram-probes.js';
import { containersByHost } from './endpoint-choice.js';
import { patiently } from './patience.js';

/** Hosts of which the first container is asked. */
const MOST_HOSTS = 32;
const ARRIVAL_MS = 200;
const TRIES = 3;
const SMALL_BYTES = 128;

export interface Silenced {
  /** Existing pairs that lost contact: `h1c1 -> h2c1`. */
  readonly silenced: readonly string[];
  /** Some were lost while the neighbour table overflowed. */
  readonly overflowed: boolean;
}

/**
 * Existing containers that no longer reach the first one of the next host. Not by `flows`, which remembers what it measured
 * before.
 */
export async function silencedPairs({ plan, lab, signal }: CheckContext): Promise<Silenced> {
  const firsts = [...containersByHost(plan).values()].flatMap(([first]) => first ?? []).slice(0, MOST_HOSTS);
  if (firsts.length < 2) return { silenced: [], overflowed: false };
  const pairs = firsts.map((from, index) => [from, firsts[(index + 1) % firsts.length] as Endpoint] as const);
  const window = await lab.neighbourTable.window(async () => await lostPairs(lab, pairs, signal), signal);
  return { silenced: window.value, overflowed: window.overflowed && window.value.length > 0 };
}

/** One datagram may get lost in a queue: only a pair that is silent at every try counts. */
async function lostPairs(
  lab: CheckContext['lab'],
  pairs: ReadonlyArray<readonly [Endpoint, Endpoint]>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const probes = new DatagramProbes(lab, 'ipv4');
  try {
    let lost = pairs.map(([from, to]) => probes.fire(from, to, SMALL_BYTES));
    for (let tries = 1; ; tries += 1) {
      await patiently(() => lost.every(hasArrived), ARRIVAL_MS, signal);
      lost = lost.filter((shot) => !hasArrived(shot));
      if (lost.length === 0 || tries === TRIES) break;
      for (const shot of lost) {
        // A node that has asked for a MAC address in vain would ask again only after 1 s (RETRANS_TIME, net/ipv4/arp.c).
        lab.nodes.get(shot.from.node)?.forgetNeighbours([shot.to.ipv4]);
        probes.fireAgain(shot);
      }
    }
    return lost.map(({ from, to }) => `${from.node} -> ${to.node}`);
  } finally {
    probes.close();
  }
}

const hasArrived = ({ ending }: Shot): boolean => ending.kind === 'delivered';
