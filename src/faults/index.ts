/** Every fault by its name, in the order of the help. */
import type { FaultName, FaultSpec } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { daemonKilled } from './daemon-killed.js';
import { dhcpGone } from './dhcp-gone.js';
import { hostCrash } from './host-crash.js';
import { icmpFiltered } from './icmp-filtered.js';
import { linkDown } from './link-down.js';
import { loss } from './loss.js';
import { mtu } from './mtu.js';
import { partition } from './partition.js';
import { rate } from './rate.js';

export const faults = {
  'link-down': linkDown,
  'host-crash': hostCrash,
  partition,
  loss,
  rate,
  mtu,
  'icmp-filtered': icmpFiltered,
  'daemon-killed': daemonKilled,
  'dhcp-gone': dhcpGone,
} as const satisfies { readonly [Name in FaultName]: Fault<Extract<FaultSpec, { readonly fault: Name }>> };

/** The fault of a description. */
export function faultOf<Spec extends FaultSpec>({ fault }: Spec): Fault<Spec> {
  return faults[fault] as unknown as Fault<Spec>;
}
