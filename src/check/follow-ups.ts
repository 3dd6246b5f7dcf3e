/** Following lost packets to the places where they are lost: each costs time, so one stands for all that are like it. */
export interface FollowUps {
  /**
   * Follows a loss, unless one that is like it has been followed during this verify: then what that found is the answer.
   * @param like what losses of one cause have in common: the same for all that one of them may stand for
   * @param losses how many there are of the kind, this one included
   * @param work follows one of them; is to heed the signal, which ends it when it takes too long
   * @returns undefined when the verify has followed as many as it may, or this one took too long
   */
  once<T>(like: string, losses: number, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
}
