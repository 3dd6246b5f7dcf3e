/** What following lost packets to the places where they are lost has cost: a verify follows a bounded number of them. */
export interface FollowUpFacts {
  /** Losses that were followed, each to the first place where the packet was missing. */
  readonly followed: number;
  /** Losses for which these stand, themselves included. */
  readonly alike: number;
  /** Losses of other kinds, which were not followed: as many as a verify follows had been followed before. */
  readonly notFollowed: number;
  /** What they took altogether; those that ran side by side count each. */
  readonly durationMs: number;
}

export function joinedFollowUps(one: FollowUpFacts, other: FollowUpFacts): FollowUpFacts {
  return {
    followed: one.followed + other.followed,
    alike: one.alike + other.alike,
    notFollowed: one.notFollowed + other.notFollowed,
    durationMs: one.durationMs + other.durationMs,
  };
}
