/** The highest rate without loss, found as in RFC 2544, 26.1: the rate is halved in until the interval is small. Pure. */

export interface Trial {
  /** What the sender really sent. */
  readonly sentBitsPerSecond: number;
  readonly receivedBitsPerSecond: number;
  /** 0 to 1. */
  readonly lossShare: number;
}

export interface SearchOptions {
  /** After the first one, which sends as fast as the sender can. */
  readonly mostTrials: number;
  /** RFC 2544 wants none; a single datagram of many that a busy host loses says nothing about a network. */
  readonly toleratedLossShare: number;
}

/** Below what was received when too much was sent. */
const WIDEST = 16;
/** A sender that does not reach the rate that it is asked for cannot find its limit. */
const REACHED = 0.9;

/**
 * @param send tries a rate in bits per second, or as fast as it gets when undefined
 * @returns the highest rate, as it was received, that was tried without loss; undefined when every one had some
 */
export async function highestWithoutLoss(
  send: (rateBitsPerSecond: number | undefined) => Promise<Trial>,
  { mostTrials, toleratedLossShare }: SearchOptions,
): Promise<number | undefined> {
  const first = await send(undefined);
  if (first.lossShare <= toleratedLossShare) return first.receivedBitsPerSecond;
  let high = first.receivedBitsPerSecond;
  let low = high / WIDEST;
  let found: number | undefined;
  let rate = high;
  for (let trial = 0; trial < mostTrials; trial += 1) {
    const { lossShare, sentBitsPerSecond, receivedBitsPerSecond } = await send(rate);
    if (lossShare <= toleratedLossShare) {
      found = Math.max(found ?? 0, receivedBitsPerSecond);
      if (sentBitsPerSecond < REACHED * rate || rate >= high) break;
      low = rate;
    } else high = rate;
    // Rates matter by their ratio.
    rate = Math.sqrt(low * high);
  }
  return found;
}
