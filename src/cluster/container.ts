import { createHash } from 'node:crypto';
import { toBytes } from '../address/ip.js';
import { formatMac, macFromIpv4, parseMac } from '../address/mac.js';
import type { ContainerSpec } from '../scenario/scenario.js';
import { ipv6Of } from './addressing.js';
import { type Cluster, type Container, unspecified } from './cluster.js';

/** What a container's addresses depend on beside its own name. */
export interface Surroundings {
  readonly from: Cluster['containerAddresses'];
  /** The cluster's IPv6 network, where it has one. */
  readonly ipv6Network: string | null | undefined;
  readonly host: { readonly name: string; readonly ipv4: string; readonly ipv6?: string };
}

/**
 * A container with its addresses and its MAC, unless the scenario gives one.
 * @param nextAddress an address of the host's slice; asked only where containers have theirs from there
 * @param taken MACs that a MAC which netlab draws must not be
 */
export function makeContainer(
  spec: ContainerSpec,
  around: Surroundings,
  nextAddress: () => string,
  taken: ReadonlySet<string>,
): Container {
  const addresses = addressesOf(around, spec.address ?? (around.from === 'slice' ? nextAddress() : ''));
  return {
    name: spec.name,
    host: around.host.name,
    ...addresses,
    mac: spec.mac === undefined ? macOf(around, spec.name, addresses.ipv4, taken) : parseMac(spec.mac),
    assigned: spec.address === undefined ? 'automatic' : 'manual',
    ...(spec.mtuBytes === undefined ? {} : { mtuBytes: spec.mtuBytes }),
    ...(spec.groups === undefined ? {} : { groups: spec.groups }),
    ...(spec.interfaceNumber === undefined ? {} : { interfaceNumber: spec.interfaceNumber }),
  };
}

function addressesOf({ from, ipv6Network, host }: Surroundings, ipv4: string): Pick<Container, 'ipv4' | 'ipv6'> {
  if (from === 'host') return pair('ipv4', host.ipv4, 'ipv6', host.ipv6 ?? null);
  if (from === 'lease') return pair('ipv4', unspecified.ipv4, 'ipv6', ipv6Network ? unspecified.ipv6 : null);
  return pair('ipv4', ipv4, 'ipv6', ipv6Network ? ipv6Of(ipv6Network, ipv4) : null);
}

function macOf({ from, host }: Surroundings, name: string, ipv4: string, taken: ReadonlySet<string>): string {
  if (from !== 'lease') return macFromIpv4(ipv4);
  for (let attempt = 0; ; attempt += 1) {
    const mac = leaseMac(host.ipv4, name, attempt);
    if (!taken.has(mac)) return mac;
  }
}

/**
 * The scheme of dhcp-ip-per-container.txt, XX:IP:IP:IP:YY:ZZ: XX locally administered and unicast, the last three bytes of
 * the host's IPv4 address, and a tail. The source draws XX and the tail at random; here the name decides, so that a
 * scenario always gives the same plan.
 * @param attempt counts from 0: the next draw, where the one before is somebody's already
 */
export function leaseMac(hostIpv4: string, name: string, attempt = 0): string {
  const seed = attempt === 0 ? `${hostIpv4} ${name}` : `${hostIpv4} ${name} ${attempt}`;
  const digest = createHash('sha256').update(seed).digest();
  const first = (digest.readUInt8(0) & 0xfc) | 0x02;
  return formatMac(Buffer.from([first, ...toBytes(hostIpv4).subarray(1), digest.readUInt8(1), digest.readUInt8(2)]));
}

/** Two keys of which the second is left out when it has no value. */
export function pair<K4 extends string, K6 extends string>(key4: K4, ipv4: string, key6: K6, ipv6: string | null) {
  return { [key4]: ipv4, ...(ipv6 === null ? {} : { [key6]: ipv6 }) } as Record<K4, string> &
    Partial<Record<K6, string>>;
}
