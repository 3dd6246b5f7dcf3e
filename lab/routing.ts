/** What routing daemons say of themselves when they are asked. */

/** A session of a routing daemon with a neighbour, as the daemon tells it. */
export interface ObservedSession {
  readonly name: string;
  readonly isUp: boolean;
  /** In the daemon's words: `Established`, `Active: Received: Bad peer AS`. */
  readonly state: string;
  /** Prefixes that the neighbour has been told of. */
  readonly announced: readonly string[];
}

/** What a routing daemon does. */
export interface ObservedRouting {
  /** Name of the service. */
  readonly service: string;
  /** Why the daemon could not be asked; then nothing is known of its sessions. */
  readonly problem?: string;
  readonly sessions: readonly ObservedSession[];
}
