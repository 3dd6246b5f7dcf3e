import { LabError, Refusal } from '#lab/errors.js';
import type { ObservedLink, RateLimit } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import { observedLink } from '../probes/observed-link.js';
import type { Rate } from '../scenario/fault.js';
import type { Applied, Fault, FaultContext } from './contract.js';
import { cableProblem, cableWay, endName, ownMtu } from './places.js';
import { measureRate } from './rate-proof.js';

/** How long the last frame of a full queue waits; senders see losses, as at a slow line with a small buffer. */
const QUEUE_SECONDS = 0.05;
/** What may leave at once: as much as a busy machine is late with the timer of a token bucket. */
const BURST_SECONDS = 0.004;
const LEAST_BURST_FRAMES = 2;
const LEAST_QUEUE_FRAMES = 10;
/** Ethernet header and a VLAN tag, which a frame has beyond the MTU. */
const HEADER_BYTES = 18;

/** What a link with no queueing discipline of its own says (noqueue), or nothing at all. */
const isFree = ({ queueing }: ObservedLink): boolean => queueing === '' || queueing === 'noqueue';

/** A token bucket where frames leave: so much gets through for however long, and no burst of a second's worth before it. */
export const rate: Fault<Rate> = {
  name: 'rate',
  title: 'no more than so much gets through a cable, in one direction; a full queue of 50 ms drops the rest',
  needs: [{ kind: 'feature', name: 'qdisc:tbf', why: 'lets only so much leave an interface' }],
  problem: ({ at }, plan) => cableProblem(plan, at, 'the rate of cables only can be limited'),
  subject: ({ at, direction }, plan) => `the rate of ${endName(cableWay(plan, at, direction).from)}`,
  async apply({ at, kbitPerSecond, direction }, context) {
    const way = cableWay(context.plan, at, direction);
    const { from } = way;
    const link = await observedLink(context.lab, from);
    if (link === undefined) throw new LabError(`${endName(from)} is not there`);
    if (!isFree(link))
      throw new Refusal(`${endName(from)} has a queueing discipline already: ${link.queueing}`, {
        remedy: 'Mend that limit first, or take it away: tc qdisc del dev LINK root',
      });
    // Room for the frames that the link sends once no other fault keeps its MTU small: what has none is dropped.
    const limit = limitOf(kbitPerSecond, Math.max(link.mtuBytes, ownMtu(context, from) ?? 0));
    await context.lab.node(from.node).limitRate(from.link, limit);
    const mend = (): Promise<string> => release(context, from);
    try {
      return { seen: await measureRate(context, way, limit, link.mtuBytes), mend } satisfies Applied;
    } catch (error) {
      await mend();
      throw error;
    }
  },
};

function limitOf(kbitPerSecond: number, mtuBytes: number): RateLimit {
  const bytesPerSecond = Math.round((kbitPerSecond * 1000) / 8);
  const frameBytes = mtuBytes + HEADER_BYTES;
  const atLeast = (seconds: number, frames: number): number =>
    Math.round(Math.max(bytesPerSecond * seconds, frames * frameBytes));
  const burstBytes = atLeast(BURST_SECONDS, LEAST_BURST_FRAMES);
  return { bytesPerSecond, burstBytes, queueBytes: atLeast(QUEUE_SECONDS, LEAST_QUEUE_FRAMES) };
}

/** A host that has booted meanwhile has new interfaces, which nobody limits. */
async function release({ lab }: FaultContext, from: LinkEnd): Promise<string> {
  if ((await observedLink(lab, from)) === undefined) return `${endName(from)} is not there any more`;
  await lab.node(from.node).limitRate(from.link, undefined);
  const now = await observedLink(lab, from);
  if (now === undefined || isFree(now)) return `${endName(from)} sends as fast as it can`;
  throw new LabError(`${endName(from)} still has a queueing discipline: ${now.queueing}`);
}
