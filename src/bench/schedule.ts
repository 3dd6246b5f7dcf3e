/** Everything that one round measures. Pure. */
import type { MtuPass } from '../result/bench.js';
import type { InstrumentName } from '../result/bench-metrics.js';
import type { Pair, Target } from './target.js';

/** One sample of a round. */
export interface Slot {
  readonly target: Target;
  readonly instrument: InstrumentName;
  readonly pair: Pair;
  readonly pairIndex: number;
  readonly pass: MtuPass;
  /** Absent where the network's own MTU is measured. */
  readonly mtuBytes?: number;
}

export interface ScheduleSettings {
  readonly instruments: readonly InstrumentName[];
  readonly passes: readonly MtuPass[];
}

/** Whose figures depend on how large packets are. */
const mtuMatters: readonly InstrumentName[] = ['tcp-1', 'tcp-8', 'udp-limit', 'udp-loss'];

/** Those of the wanted passes that say something new: where all have one MTU, it is equal already. */
export function passesOf(targets: readonly Target[], wanted: readonly MtuPass[]): readonly MtuPass[] {
  const differ = new Set(targets.map(({ mtuBytes }) => mtuBytes)).size > 1;
  return wanted.filter((pass) => pass === 'native' || differ || wanted.length === 1);
}

/** Groups of slots that are compared with each other, one slot for each target. */
export function slotGroups(
  targets: readonly Target[],
  { instruments, passes }: ScheduleSettings,
): ReadonlyArray<readonly Slot[]> {
  const equalBytes = Math.min(...targets.map(({ mtuBytes }) => mtuBytes));
  const pairs = Math.max(...targets.map((target) => target.pairs.length));
  return passes.flatMap((pass) =>
    instruments
      .filter((instrument) => pass === 'native' || mtuMatters.includes(instrument))
      .flatMap((instrument) =>
        Array.from({ length: pairs }, (_, pairIndex) =>
          targets.flatMap((target): readonly Slot[] => {
            const pair = target.pairs[pairIndex];
            const mtu = pass === 'equal' ? { mtuBytes: equalBytes } : {};
            return pair === undefined ? [] : [{ target, instrument, pair, pairIndex, pass, ...mtu }];
          }),
        ),
      ),
  );
}

/** Tells a slot from all others of the round. */
export const slotKey = ({ target, instrument, pairIndex, pass }: Slot): string =>
  [target.name, instrument, pairIndex, pass].join('|');
