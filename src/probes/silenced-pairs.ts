/** Whether containers that are there already still reach each other while something is done to the lab. */
import { inWindow } from '#lab/turns.js';
import type { Endpoint } from '../plan/plan.js';
import type { CheckContext } from '../check/contract.js';
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

type Pair = readonly [from: Endpoint, to: Endpoint];

/** The first container of each host with that of the next one, where it reaches that: for {@link silencedPairs}, before anything is done. */
export async function talkingPairs({ plan, flows }: CheckContext): Promise<readonly Pair[]> {
  const firsts = [...containersByHost(plan).values()].flatMap(([first]) => first ?? []).slice(0, MOST_HOSTS);
  if (firsts.length < 2) return [];
  const pairs = firsts.map((from, index): Pair => [from, firsts[(index + 1) % firsts.length] as Endpoint]);
  const results = await flows.measure(pairs.map(([from, to]) => ({ from, to, protocol: 'udp', family: 'ipv4' })));
  return pairs.filter((_, i) => results[i]?.delivered === true);
}

/** Of pairs that reached each other those that no longer do. Not by `flows`, which remembers what it measured before. */
export async function silencedPairs({ lab, signal }: CheckContext, pairs: readonly Pair[]): Promise<Silenced> {
  const window = await inWindow(lab, async () => await lostPairs(lab, pairs, signal), signal);
  return { silenced: window.value, overflowed: window.overflowed && window.value.length > 0 };
}

/** One datagram may get lost in a queue: only a pair that is silent at every try counts. */
async function lostPairs(
  lab: CheckContext['lab'],
  pairs: readonly Pair[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const probes = new DatagramProbes(lab, 'ipv4');
  try {
    let lost: readonly Shot[] = await Promise.all(pairs.map(([from, to]) => probes.fire(from, to, SMALL_BYTES)));
    for (let tries = 1; ; tries += 1) {
      await patiently(() => lost.every(hasArrived), ARRIVAL_MS, signal);
      lost = lost.filter((shot) => !hasArrived(shot));
      if (lost.length === 0 || tries === TRIES) break;
      for (const shot of lost) {
        // A node that has asked for a MAC address in vain would ask again only after 1 s (RETRANS_TIME, net/ipv4/arp.c).
        await lab.nodes.get(shot.from.node)?.forgetNeighbours([shot.to.ipv4]);
        await probes.fireAgain(shot);
      }
    }
    return lost.map(({ from, to }) => `${from.node} -> ${to.node}`);
  } finally {
    probes.close();
  }
}

const hasArrived = ({ ending }: Shot): boolean => ending.kind === 'delivered';
