/** A lab that had just been mended: whoever measures it waits until it is whole again, or as long as its design allows. */
export interface RecoveryFact {
  /** Faults that were mended: `host-crash h2`. */
  readonly mended: readonly string[];
  /** How long the measurement waited. */
  readonly waitedMs: number;
  /** How long after the mend the design's own timers may take. */
  readonly allowedMs: number;
  /** What takes so long: `tinc: who finds nobody at home tries again after 5 s`. */
  readonly why: string;
  /** Who did not reach whom when the wait was over, by names of containers; empty where all is back. */
  readonly missing: readonly string[];
}
