/** What one probe of a flow found. */
import type { Family } from '#lab/sockets.js';
import type { Endpoint } from '../plan/plan.js';

export type FlowProtocol = 'icmp' | 'tcp' | 'udp';

export interface FlowRequest {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly protocol: FlowProtocol;
  readonly family: Family;
}

/** A flow counts as delivered only when the intended node's own socket received this very probe (a nonce). */
export interface FlowResult extends FlowRequest {
  /** The destination's own socket saw the probe and the source got the answer. */
  readonly delivered: boolean;
  /** The destination's own socket saw the probe (the answer may still be missing). */
  readonly arrived: boolean;
  /** Source address as the destination's socket saw it; present when `arrived`. */
  readonly seenSource?: string;
  /** Nodes other than the intended one whose socket received the probe. */
  readonly receivedBy: readonly string[];
  /** Why it was not delivered: `no answer within 500 ms`, `EHOSTUNREACH`, ... */
  readonly problem?: string;
  readonly rttMs?: number;
  /** It was lost at first, and measured once more. */
  readonly repeated?: true;
  /** The neighbour table overflowed while this was measured: netlab's own trouble, never the strategy's. */
  readonly overflowed: boolean;
}

export interface Flows {
  /**
   * Measures flows; those already measured during this verify are not probed again. A few losses among very many flows are
   * probed once more before they count.
   * @returns results in the order of the requests
   * @throws the reason of the verify's signal when that is aborted
   */
  measure(requests: readonly FlowRequest[]): Promise<readonly FlowResult[]>;
}
