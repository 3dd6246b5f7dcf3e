/** A probe that can be sent again, so that it can be followed. */
import type { Family } from '#lab/sockets.js';
import type { Endpoint } from '../plan/plan.js';

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
  /** A frame that is switched and never routed. */
  readonly isFrame?: true;
  /** Sends the probe again; what it throws counts as not sent. */
  resend(): void | Promise<void>;
}
