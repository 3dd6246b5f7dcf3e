import { macFromIpv4, parseMac } from '../address/mac.js';
import type { ContainerSpec } from '../scenario/scenario.js';
import { ipv6Of } from './addressing.js';
import type { Container } from './cluster.js';

/** A container with its IPv6 address and MAC derived from its IPv4 address, unless the scenario gives a MAC. */
export function makeContainer(
  spec: ContainerSpec,
  host: string,
  ipv4: string,
  ipv6Network: string | null | undefined,
): Container {
  return {
    name: spec.name,
    host,
    ...pair('ipv4', ipv4, 'ipv6', ipv6Network ? ipv6Of(ipv6Network, ipv4) : null),
    mac: spec.mac === undefined ? macFromIpv4(ipv4) : parseMac(spec.mac),
    assigned: spec.address === undefined ? 'automatic' : 'manual',
    ...(spec.mtuBytes === undefined ? {} : { mtuBytes: spec.mtuBytes }),
  };
}

/** Two keys of which the second is left out when it has no value. */
export function pair<K4 extends string, K6 extends string>(key4: K4, ipv4: string, key6: K6, ipv6: string | null) {
  return { [key4]: ipv4, ...(ipv6 === null ? {} : { [key6]: ipv6 }) } as Record<K4, string> &
    Partial<Record<K6, string>>;
}
