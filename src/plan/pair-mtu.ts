/** The MTU between two containers, by arithmetic: what the hosts on their way carry, and what their own interfaces have. Pure. */
import type { Container } from '../cluster/cluster.js';
import type { MtuPrediction } from '../strategy/contract.js';
import { hostsBetween } from '../strategy/mesh-tree.js';
import { carriedBytes, containerMtuBytes } from '../strategy/overhead.js';
import type { Plan } from './plan.js';

export { presentTree } from '../strategy/mesh-tree.js';

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

/** What arrives of what one end sends to the other. */
export interface PairMtu {
  /** The largest IP packet, in bytes. What stays on one host is not limited by what that one carries. */
  readonly bytes: number;
  /** As `bytes`, where a tunnel that tries sizes at random may settle on less. */
  readonly leastBytes: number;
  /** Hosts that pass it on: a spanning tree leads by them. */
  readonly by: readonly string[];
  /** As `bytes`, should the tree ever lead otherwise, where there are more tunnels than it takes. */
  readonly otherwiseBytes: number;
}

/** Or every two hosts reach each other directly. */
const isOnlyWay = ({ tree }: MtuPrediction): boolean => tree === undefined || tree.tunnels.length < tree.hosts.length;

export function pairMtu(mtu: MtuPrediction, from: PairEnd, to: PairEnd): PairMtu {
  const own = Math.min(from.mtuBytes ?? Infinity, to.mtuBytes ?? Infinity);
  if (from.host === to.host) return { bytes: own, leastBytes: own, by: [], otherwiseBytes: own };
  const by = mtu.tree === undefined ? [] : hostsBetween(mtu.tree, from.host, to.host);
  const carried = (hosts: readonly string[]): number => Math.min(own, ...hosts.map((host) => carriedBytes(mtu, host)));
  const bytes = carried([from.host, ...by, to.host]);
  return {
    bytes,
    leastBytes: Math.min(bytes, foundBytes(mtu, from, to)),
    by,
    otherwiseBytes: isOnlyWay(mtu) ? bytes : carried([from.host, to.host]),
  };
}

/** What a tunnel finds at least: of the sender's own wire its kernel tells it (EMSGSIZE), to the byte; of the other one nobody does. */
function foundBytes(mtu: MtuPrediction, from: PairEnd, to: PairEnd): number {
  const [own, far] = [carriedBytes(mtu, from.host), carriedBytes(mtu, to.host)];
  return far - Math.ceil(Math.max(0, own - far) * (mtu.trialShare ?? 0));
}
