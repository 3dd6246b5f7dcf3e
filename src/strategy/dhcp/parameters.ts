/** What a scenario may choose of the dhcp strategy, and the address scheme that follows. */
import { z } from 'zod';
import { AddressError } from '../../address/ip.js';
import { addressAt, blockAt, lastAddress, parseNetwork, prefixSize } from '../../address/prefix.js';
import type { AddressRange } from '../../address/range.js';
import { type Addressing, addressingFor } from '../../cluster/addressing.js';
import { networkOf, refusal } from '../addressing-parameters.js';
import { checkForwardDelay, spanningTreeParameters, withForwardDelay } from '../flat-bridge.js';

/** Offsets in the LAN: its router, its DHCP server, the first host; and the server where the LAN is another network. */
export const offsets = { gateway: 1, server: 2, firstHost: 11, routedServer: 254 } as const;
/** dnsmasq makes shorter leases longer (dnsmasq(8), --dhcp-range). */
const shortestDnsmasqLease = 120;
/** The LAN is four blocks: hosts, free, the pool, outsiders. A block of 64 addresses holds what comes before the hosts and them. */
const blockBits = 2;
const longestNetwork = 24;

export const parameters = z
  .strictObject({
    network: networkOf('ipv4')
      .default('10.100.80.0/24')
      .describe('IPv4 prefix of the LAN, which hosts and containers share; at most 24 bits long'),
    ipv6Network: networkOf('ipv6')
      .optional()
      .describe('IPv6 prefix of the LAN, one flat subnet; a unique local one made of `network` when absent')
      .meta({ examples: ['fd00:10:100::/64'] }),
    pool: z
      .strictObject({
        first: z.ipv4().describe('the first of them'),
        last: z.ipv4().describe('the last of them'),
      })
      .optional()
      .describe('addresses that are leased; the third quarter of the network when absent, at most 64 of them')
      .meta({ examples: [{ first: '10.100.80.128', last: '10.100.80.191' }] }),
    server: z.enum(['dnsmasq', 'kea']).default('dnsmasq').describe('the DHCP server; Kea registers no names'),
    ipv6Addresses: z
      .enum(['slaac', 'dhcpv6'])
      .default('slaac')
      .describe('slaac: each container makes its own from what the router advertises; dhcpv6: leased, too'),
    leaseSeconds: z
      .int()
      .min(16)
      .max(604_800)
      .default(3600)
      .describe('length of a lease; dnsmasq has none below 120 s'),
    domain: z
      .string()
      .regex(/^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/u, {
        error: 'a domain is labels of a-z, 0-9 and -, joined by dots',
      })
      .default('app.example.com')
      .describe('containers are known as NAME.DOMAIN'),
    ...spanningTreeParameters,
  })
  .check(checkForwardDelay)
  .check(checkNetwork)
  .refine(({ server, leaseSeconds }) => server !== 'dnsmasq' || leaseSeconds >= shortestDnsmasqLease, {
    path: ['leaseSeconds'],
    error: `dnsmasq has no leases below ${shortestDnsmasqLease} s; Kea has`,
  })
  .transform(withForwardDelay);

export type Parameters = z.output<typeof parameters>;

interface NetworkChoice {
  readonly network: string;
  readonly ipv6Network?: string | undefined;
  readonly pool?: AddressRange | undefined;
}

/** @throws AddressError when the parts do not fit each other */
export function addressingOf({ network, ipv6Network, pool }: NetworkChoice): Addressing {
  const { length, text } = parseNetwork(network);
  if (length > longestNetwork) throw new AddressError(`${text} is too small: at most ${longestNetwork} bits`);
  return addressingFor({
    network,
    ...(ipv6Network === undefined ? {} : { ipv6Network }),
    slicePrefixLength: length + blockBits,
    containers: 'lease',
    pool: pool ?? defaultPool(network),
    firstHost: offsets.firstHost,
    gatewayOffset: offsets.gateway,
    uplinkBy: 'lan',
  });
}

/** The third quarter, as the source's 10.100.80.190 is: 10.100.80.128 to .191. */
function defaultPool(network: string): AddressRange {
  const block = blockAt(network, parseNetwork(network).length + blockBits, 2);
  const last = prefixSize(block) > 64n ? addressAt(block, 63) : lastAddress(block);
  return { first: block.network.text, last: last.text };
}

/** Do the parts fit each other? One field alone cannot tell. */
function checkNetwork(payload: z.core.ParsePayload<NetworkChoice>): void {
  const own = ['network', 'ipv6Network', 'pool'];
  if (payload.issues.some(({ path }) => own.includes(String(path?.[0])))) return;
  const message = refusal(() => addressingOf(payload.value));
  const path = payload.value.pool === undefined ? 'network' : 'pool';
  if (message !== undefined) payload.issues.push({ code: 'custom', path: [path], message, input: payload.value });
}
