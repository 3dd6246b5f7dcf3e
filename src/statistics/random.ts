/** Chance that can be repeated: the same seed gives the same numbers on every machine. */

/** A number from 0 up to, but not including, 1. */
export type Random = () => number;

/**
 * Mulberry32 by Tommy Ettinger (2017, public domain): 32 bits of state, good enough to shuffle and to resample.
 * @param seed any number; its lowest 32 bits count
 * @param stream numbers of different streams of one seed have nothing to do with each other
 */
export function seededRandom(seed: number, stream = 0): Random {
  let state = (seed ^ Math.imul(stream + 1, 0x9e37_79b9)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // Neighbouring seeds begin alike.
  next();
  return next;
}
