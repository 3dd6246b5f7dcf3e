/** The MTU between two containers, by arithmetic: what the hosts between them carry, and what their own interfaces have. Pure. */
import type { Container } from '../cluster/cluster.js';
import type { MtuPrediction } from '../strategy/contract.js';
import { carriedBytes, containerMtuBytes } from '../strategy/overhead.js';
import type { Plan } from './plan.js';

/** Where a packet begins or ends. */
export interface PairEnd {
  readonly host: string;
  /** MTU of the interface; absent for one that is larger than all on the way. */
  readonly mtuBytes?: number;
}

export function pairEnd({ mtu }: Plan, container: Container): Required<PairEnd> {
  return { host: container.host, mtuBytes: containerMtuBytes(mtu, container) };
}

/** MTU that the containers of a host have where nobody chose another one, in bytes. */
export function hostMtuBytes({ mtu }: Plan, host: string): number {
  return carriedBytes(mtu, host);
}

/** The largest IP packet that arrives, in bytes. What stays on one host is not limited by what that one carries. */
export function pairMtuBytes(mtu: MtuPrediction, from: PairEnd, to: PairEnd): number {
  const between = from.host === to.host ? Infinity : Math.min(carriedBytes(mtu, from.host), carriedBytes(mtu, to.host));
  return Math.min(between, from.mtuBytes ?? Infinity, to.mtuBytes ?? Infinity);
}
