import type { Endpoint } from '../plan/plan.js';

export interface GuestRequest {
  readonly host: string;
  /** Which address of the host's slice: the next free one, or the last one. */
  readonly address: 'next' | 'last' | 'beyond-last';
  /** Interface MTU in bytes; the predicted one when absent. */
  readonly mtuBytes?: number;
}

/** Containers that a check adds to the running lab, attached exactly as the strategy attaches any container. */
export interface Guests {
  /**
   * @param unleased what becomes of one that gets no lease: all are refused, or it alone is left out
   * @throws AddressError when the slice has no such address left: a clear refusal, nothing is created
   */
  add(requests: readonly GuestRequest[], unleased?: 'refuse all' | 'leave out'): Promise<readonly Endpoint[]>;
  remove(guests: readonly Endpoint[]): Promise<void>;
}
