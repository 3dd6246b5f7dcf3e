import type { ObservedLink } from '#lab/lab.js';
import type { BridgePortOptions, LinkState } from '#lab/state.js';
import { canonicalAddress } from './drift-address.js';

/** A property of a link: as planned, undefined when the plan leaves it open, and as found. */
export type Compared = readonly [what: string, planned: string | undefined, found: string];

/** What belongs to the kind of link, and to its part in a bridge. */
export function linkOptions(planned: LinkState, found: ObservedLink): readonly Compared[] {
  return [...vxlanOptions(planned, found), ...bridgePortOptions(planned, found), ...queueing(planned, found)];
}

function vxlanOptions(planned: LinkState, { vxlan }: ObservedLink): readonly Compared[] {
  if (planned.kind !== 'vxlan' || vxlan === undefined) return [];
  return [
    ['VNI', String(planned.vni), String(vxlan.vni)],
    ['UDP port', String(planned.port), String(vxlan.port)],
    ['local', address(planned.local), address(vxlan.local) ?? 'none'],
    ['remote', address(planned.remote), address(vxlan.remote) ?? 'none'],
    ['underlay link', planned.parent, vxlan.parent ?? 'none'],
    ['learning', onOrOff(planned.learning ?? true), onOrOff(vxlan.learning) ?? 'none'],
  ];
}

/** What the kernel gives a new port (br_add_if, net/bridge/br_if.c). */
const portDefaults = { hairpin: false, learning: true, neighSuppress: false, isolated: false } as const;

function bridgePortOptions({ bridgePort: chosen }: LinkState, found: ObservedLink): readonly Compared[] {
  const seen = found.bridgePort;
  if (seen === undefined) return [];
  // An option that this kernel does not have differs from nothing.
  const known = Object.fromEntries(Object.entries(portDefaults).filter(([name]) => name in seen));
  const bridgePort: BridgePortOptions = { ...known, ...chosen };
  return [
    ['hairpin', onOrOff(bridgePort.hairpin), onOrOff(seen.hairpin) ?? 'none'],
    ['learning of the port', onOrOff(bridgePort.learning), onOrOff(seen.learning) ?? 'none'],
    ['neighbour suppression', onOrOff(bridgePort.neighSuppress), onOrOff(seen.neighSuppress) ?? 'none'],
    ['isolated', onOrOff(bridgePort.isolated), onOrOff(seen.isolated) ?? 'none'],
  ];
}

/** Links that hold nothing back have no queue unless somebody gives them one (IFF_NO_QUEUE). */
const queueless: ReadonlySet<LinkState['kind']> = new Set(['veth', 'bridge', 'vxlan', 'macvlan']);

function queueing({ kind }: LinkState, { queueing: found }: ObservedLink): readonly Compared[] {
  return found === '' ? [] : [['queueing discipline', queueless.has(kind) ? 'noqueue' : undefined, found]];
}

function onOrOff(value: boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value ? 'on' : 'off';
}

function address(text: string | undefined): string | undefined {
  return text === undefined ? undefined : canonicalAddress(text);
}
