/** Where a packet gets lost: taps in every node along its way, the packet sent again, and the first place where it was missing. */
import type { Lab } from '#lab/lab.js';
import type { Closable, Family, Frame } from '#lab/sockets.js';
import { toBytes } from '../address/ip.js';
import type { Endpoint } from '../plan/plan.js';
import { cablePath, type Hop, placeName } from './cable-path.js';
import { addressIn } from './endpoint-choice.js';
import { flowProbe } from './follow-flow.js';
import type { FlowRequest } from '../verify/flows.js';
import { resolutionOf } from './resolution-frames.js';
import { patiently } from './patience.js';

/** Bytes that a packet contains wherever it is seen, inside a tunnel too. */
export interface Mark {
  readonly contains: Buffer;
  /** A closer look at what contains them. */
  readonly accept?: (frame: Buffer) => boolean;
}

/** A probe that did not arrive, or whose answer did not. */
export interface LostProbe {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly family: Family;
  /** How a packet of the probe, or of its answer, is recognised; one is enough. */
  readonly marks: readonly Mark[];
  /** True when the destination answers with a mark: then the way back is followed as well. */
  readonly answered: boolean;
  /** Sends the probe again; what it throws counts as not sent. */
  resend(): void;
}

export interface Loss {
  /** `left h1c1:eth0, entered h1:veth-h1c1, never left h1:eth1` */
  readonly words: string;
  /** The first place where the packet was missing, `node:link`; absent when it was not missing this time. */
  readonly where?: string;
  readonly lastSeen?: Hop;
  readonly missing?: Hop;
}

/** How long the packet may take over all of its way. */
const TRAVEL_MS = 60;
/** Enough for outer headers, inner headers and the nonce behind them. */
const SNAP_BYTES = 256;

/**
 * Sends the probe again and follows it.
 * @returns what was seen; when the source did not even send it for want of a MAC address, what became of the question for it
 */
export async function locateLoss(lab: Lab, probe: LostProbe, signal: AbortSignal): Promise<Loss> {
  const there = cablePath(lab, probe.from, probe.to);
  if (there.length === 0) return { words: `no cables lead from ${probe.from.node} to ${probe.to.node}` };
  const back = there.toReversed().map((hop) => ({ ...hop, outgoing: !hop.outgoing }));
  const seen = { probe: new Set<string>(), question: new Set<string>(), answer: new Set<string>() };
  const taps = openTaps(lab, probe, there, seen);
  try {
    const expected = probe.answered ? [...there, ...back] : there;
    // Otherwise a node that has just given up on a MAC address would not ask for it again at once.
    lab.node(probe.from.node).forgetNeighbours([addressIn(probe.to, probe.family)]);
    attempt(probe);
    await patiently(() => seen.probe.has(hopName(expected.at(-1) as Hop)), TRAVEL_MS, signal);
    if (seen.probe.size > 0 || seen.question.size === 0) return follow(expected, seen.probe, '');
    return followQuestion(probe, [there, back], seen);
  } finally {
    for (const tap of taps) tap.close();
  }
}

function attempt(probe: LostProbe): void {
  try {
    probe.resend();
  } catch {
    // Refused by the sender's own kernel: then the packet is missing from the first place on.
  }
}

type Sightings = Readonly<Record<'probe' | 'question' | 'answer', Set<string>>>;

function openTaps(lab: Lab, probe: LostProbe, hops: readonly Hop[], seen: Sightings): readonly Closable[] {
  const address = toBytes(addressIn(probe.to, probe.family));
  const nodes = new Set(hops.map(({ node }) => node));
  return [...nodes].map((node) => {
    const { sockets } = lab.node(node);
    const note = (kind: keyof Sightings, { link, outgoing }: Frame) =>
      seen[kind].add(hopName({ node, link, outgoing }));
    // One socket for everything: to close a packet socket takes the kernel several ms.
    const tap = sockets.packet({ snapLengthBytes: SNAP_BYTES });
    tap.onFrame = (frame) => {
      const kind = isMarked(probe, frame.data) ? 'probe' : resolutionOf(frame.data, probe.family, address);
      if (kind !== undefined) note(kind, frame);
    };
    return tap;
  });
}

function isMarked({ marks }: LostProbe, frame: Buffer): boolean {
  return marks.some(({ contains, accept }) => frame.includes(contains) && (accept?.(frame) ?? true));
}

/** The source asked for the destination's MAC address and got no answer, so the probe itself was never sent. */
function followQuestion(
  probe: LostProbe,
  [there, back]: readonly [readonly Hop[], readonly Hop[]],
  seen: Sightings,
): Loss {
  const [question, answer] =
    probe.family === 'ipv4' ? ['ARP request', 'ARP reply'] : ['neighbour solicitation', 'neighbour advertisement'];
  const asked = follow(there, seen.question, `the ${question} for ${addressIn(probe.to, probe.family)} `);
  if (asked.missing !== undefined) return asked;
  return follow(back, seen.answer, `the ${answer} of ${probe.to.node} `);
}

/** The furthest hop at which it was seen, and the one behind it. */
function follow(hops: readonly Hop[], seen: ReadonlySet<string>, subject: string): Loss {
  const furthest = hops.findLastIndex((hop) => seen.has(hopName(hop)));
  const [first, lastSeen, missing] = [hops[0] as Hop, hops[furthest], hops[furthest + 1]];
  if (missing === undefined) return { words: `${subject}arrived when sent again`, ...(lastSeen ? { lastSeen } : {}) };
  const where = placeName(missing);
  if (lastSeen === undefined) return { words: `${subject}${never(missing)}`, where, missing };
  const passed = furthest === 0 ? [first] : [first, lastSeen];
  return { words: `${subject}${[...passed.map(past), never(missing)].join(', ')}`, where, lastSeen, missing };
}

const past = (hop: Hop): string => `${hop.outgoing ? 'left' : 'entered'} ${placeName(hop)}`;
const never = (hop: Hop): string => `never ${hop.outgoing ? 'left' : 'entered'} ${placeName(hop)}`;
const hopName = (hop: Hop): string => `${placeName(hop)} ${hop.outgoing ? 'out' : 'in'}`;

/**
 * Follows a lost flow of the reachability checks.
 * @returns undefined when no cables connect the two, so that there is no way to follow
 */
export async function locate(
  { lab, signal }: { readonly lab: Lab; readonly signal: AbortSignal },
  flow: FlowRequest,
): Promise<{ readonly message: string; readonly where?: string } | undefined> {
  if (cablePath(lab, flow.from, flow.to).length === 0) return undefined;
  const sent = await flowProbe(lab, flow);
  try {
    const { words, where } = await locateLoss(lab, sent.probe, signal);
    return { message: words, ...(where === undefined ? {} : { where }) };
  } finally {
    sent.close();
  }
}
