/** Where a packet gets lost: taps in every node along its way, the packet sent again, and the first place where it was missing. */
import type { Lab } from '#lab/lab.js';
import { type Closable, type Family, openAll } from '#lab/sockets.js';
import { toBytes } from '../address/ip.js';
import { cablePath, type Hop } from './cable-path.js';
import { addressIn } from '../probes/endpoint-choice.js';
import { flowProbe } from './follow-flow.js';
import type { FlowRequest } from '../check/flow.js';
import type { LostProbe } from './lost-probe.js';
import { isIcmpError, resolutionOf } from './resolution-frames.js';
import { untilQuiet } from '../probes/patience.js';
import { follow, hopName, type Loss, past } from './missing-hop.js';
import { hopsOf, type Leg, type Way, wayBetween } from './routed-way.js';

export type { LostProbe } from './lost-probe.js';
export type { Loss } from './missing-hop.js';

/** So long after it was last seen somewhere it is lost: the next one on its way may be a program that waits for its turn. */
const TRAVEL_MS = 60;
/** Others' questions for MAC addresses are seen as well, and never end. */
const LONGEST_MS = 600;
/** Enough for outer headers, inner headers and the nonce behind them. */
const SNAP_BYTES = 256;

/**
 * Sends the probe again and follows it along the routes of the nodes.
 * @returns what was seen; where a node did not send it on for want of a MAC address, what became of the question for it
 */
export async function locateLoss(lab: Lab, probe: LostProbe, signal: AbortSignal): Promise<Loss> {
  const there = await (probe.isFrame === true
    ? frameWay(lab, probe)
    : wayBetween(lab, probe.from, probe.to, probe.family));
  if (there.legs.length === 0)
    return { words: there.end?.words ?? `no cables lead from ${probe.from.node} to ${probe.to.node}` };
  const expected =
    probe.answered && there.end === undefined ? [there, onlyBack(there, await wayBack(lab, probe, there))] : [there];
  const legs = expected.flatMap((way) => way.legs);
  const hops = legs.flatMap((leg) => leg.hops);
  const seen = new Sightings();
  const taps = await openTaps(lab, probe, legs, seen);
  try {
    // Otherwise a node that has just given up on a MAC address would not ask for it again at once.
    await Promise.all(legs.map(({ from, nextHop }) => lab.node(from).forgetNeighbours([nextHop])));
    await attempt(probe);
    const isThere = (): boolean => seen.has('probe', hops.at(-1) as Hop);
    await untilQuiet(() => seen.count, { quietMs: TRAVEL_MS, limitMs: LONGEST_MS }, signal, isThere);
    return told(lab, probe, legs, seen) ?? ended(expected) ?? arrived(hops);
  } finally {
    for (const tap of taps) tap.close();
  }
}

/** What no router sees: from cable to cable, and nobody asks for a MAC address. */
async function frameWay(lab: Lab, { from, to, family }: LostProbe): Promise<Way> {
  const hops = await cablePath(lab, from, to);
  return { legs: hops.length === 0 ? [] : [{ from: from.node, nextHop: addressIn(to, family), hops }] };
}

/** By the routes of the nodes; where they do not lead back, as behind NAT, the same way in reverse. */
async function wayBack(lab: Lab, { from, to, family }: LostProbe, there: Way): Promise<Way> {
  const back = await wayBetween(lab, to, from, family);
  if (back.end === undefined) return back;
  const legs = there.legs.toReversed().map(({ from: end, hops }) => {
    const turned = hops.toReversed().map((hop) => ({ ...hop, outgoing: !hop.outgoing }));
    const nextHop = addressAt(lab, hops[0], family) ?? addressIn(from, family);
    return { from: turned[0]?.node ?? end, nextHop, hops: turned };
  });
  return { legs };
}

/** What a router on the way back would ask for: the address of the interface that the packet left by. */
function addressAt(lab: Lab, hop: Hop | undefined, family: Family): string | undefined {
  const link = lab.nodes.get(hop?.node ?? '')?.state.links.find(({ name }) => name === hop?.link);
  const isOf = (address: string): boolean => address.includes(':') === (family === 'ipv6');
  return link?.addresses.map((address) => address.split('/', 1)[0] ?? '').find(isOf);
}

/** A bridge that a packet is routed out of again sees it leave on both ways: what was seen there tells nothing of the way back. */
function onlyBack(there: Way, back: Way): Way {
  const shared = new Set(hopsOf(there).map(hopName));
  return { legs: back.legs.map((leg) => ({ ...leg, hops: leg.hops.filter((hop) => !shared.has(hopName(hop))) })) };
}

async function attempt(probe: LostProbe): Promise<void> {
  try {
    await probe.resend();
  } catch {
    // Refused by the sender's own kernel: then the packet is missing from the first place on.
  }
}

/** What was seen where: the probe, or a question for a MAC address and its answer. */
class Sightings {
  readonly #seen = new Set<string>();

  add(what: string, hop: Hop): void {
    this.#seen.add(`${what} ${hopName(hop)}`);
  }

  /** Of places where something was seen for the first time. */
  get count(): number {
    return this.#seen.size;
  }

  has(what: string, hop: Hop): boolean {
    return this.#seen.has(`${what} ${hopName(hop)}`);
  }
}

async function openTaps(
  lab: Lab,
  probe: LostProbe,
  legs: readonly Leg[],
  seen: Sightings,
): Promise<readonly Closable[]> {
  const asked = new Map(legs.map(({ nextHop }) => [nextHop, toBytes(nextHop)]));
  const nodes = new Set(legs.flatMap(({ hops }) => hops.map(({ node }) => node)));
  return await openAll([...nodes], async (node) => {
    // One socket for everything: to close a packet socket takes the kernel several ms.
    const tap = await lab.node(node).sockets.packet({ snapLengthBytes: SNAP_BYTES });
    tap.onFrame = ({ data, link, outgoing }) => {
      const hop = { node, link, outgoing };
      if (isMarked(probe, data)) return seen.add('probe', hop);
      for (const [address, bytes] of asked) {
        const kind = resolutionOf(data, probe.family, bytes);
        if (kind !== undefined) seen.add(`${kind} ${address}`, hop);
      }
    };
    return tap;
  });
}

function isMarked({ marks }: LostProbe, frame: Buffer): boolean {
  // An error quotes the packet that it is about, and travels back.
  return (
    !isIcmpError(frame) && marks.some(({ contains, accept }) => frame.includes(contains) && (accept?.(frame) ?? true))
  );
}

/** Where the probe was missing; undefined when it came to the end of the last leg. */
function told(lab: Lab, probe: LostProbe, legs: readonly Leg[], seen: Sightings): Loss | undefined {
  const hops = legs.flatMap((leg) => leg.hops);
  const furthest = hops.findLastIndex((hop) => seen.has('probe', hop));
  const missing = hops[furthest + 1];
  const leg = legs.find((one) => one.hops[0] === missing);
  const question = leg === undefined ? undefined : followQuestion(lab, probe, leg, seen);
  return question ?? follow(lab, hops, (hop) => seen.has('probe', hop), '');
}

/**
 * The node asked for the MAC address of its next hop, so the probe waited for that. A question that was seen only further on
 * is that of somebody else, who hears the answer elsewhere.
 */
function followQuestion(
  lab: Lab,
  { family, to }: LostProbe,
  { hops, nextHop }: Leg,
  seen: Sightings,
): Loss | undefined {
  const [asked, answered] = [`question ${nextHop}`, `answer ${nextHop}`];
  const [first] = hops;
  if (first === undefined || !seen.has(asked, first)) return undefined;
  const [question, answer] =
    family === 'ipv4' ? ['ARP request', 'ARP reply'] : ['neighbour solicitation', 'neighbour advertisement'];
  const back = hops.toReversed().map((hop) => ({ ...hop, outgoing: !hop.outgoing }));
  const whose = nextHop === addressIn(to, family) ? to.node : nextHop;
  return (
    follow(lab, hops, (hop) => seen.has(asked, hop), `the ${question} for ${nextHop} `) ??
    follow(lab, back, (hop) => seen.has(answered, hop), `the ${answer} of ${whose} `)
  );
}

/** It came as far as the routes lead. */
function ended(ways: readonly Way[]): Loss | undefined {
  const [way] = ways.filter(({ end }) => end !== undefined);
  if (way?.end === undefined) return undefined;
  const hops = hopsOf(way);
  const [first, last] = [hops[0] as Hop, hops.at(-1) as Hop];
  return { words: `${past(first)}, ${past(last)}, and ${way.end.words}`, where: way.end.where, lastSeen: last };
}

function arrived(hops: readonly Hop[]): Loss {
  return { words: 'arrived when sent again', lastSeen: hops.at(-1) as Hop };
}

/**
 * Follows a lost flow of the reachability checks.
 * @returns undefined when there is no way to follow
 */
export async function locate(
  { lab, signal }: { readonly lab: Lab; readonly signal: AbortSignal },
  flow: FlowRequest,
): Promise<{ readonly message: string; readonly where?: string } | undefined> {
  const { legs, end } = await wayBetween(lab, flow.from, flow.to, flow.family);
  if (legs.length === 0) return end && { message: end.words, where: end.where };
  const sent = await flowProbe(lab, flow);
  try {
    const { words, where } = await locateLoss(lab, sent.probe, signal);
    return { message: words, ...(where === undefined ? {} : { where }) };
  } finally {
    sent.close();
  }
}
