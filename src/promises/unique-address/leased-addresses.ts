/** Did every container get an address by lease, and one that the lease may be of? By state. */
import type { ObservedLink } from '#lab/lab.js';
import { isUnspecified, splitInterface } from '../../address/ip.js';
import { contains, parseNetwork } from '../../address/prefix.js';
import { inRange } from '../../address/range.js';
import type { Endpoint } from '../../plan/plan.js';
import type { Evidence } from '../../result/result.js';
import type { CheckContext } from '../../check/contract.js';

/** Nothing where containers have their addresses otherwise. */
export function leaseEvidence(
  { plan }: CheckContext,
  container: Endpoint,
  found: ObservedLink | undefined,
): readonly Evidence[] {
  const { pool, network } = plan.cluster;
  if (pool === undefined) return [];
  const { node, link, ipv4, ipv6 } = container;
  const where = `${node}:${link}`;
  const expected = `an address from ${pool.first} to ${pool.last}, with the prefix length of ${network.ipv4}`;
  if (isUnspecified(ipv4)) return [{ message: `${node} got no lease`, where, expected, seen: 'no IPv4 address' }];
  const held = found?.addresses.find((address) => address.startsWith(`${ipv4}/`));
  return [
    ...(inRange(pool, ipv4)
      ? []
      : [{ message: `${node} was given an address that is not of the pool`, where, expected, seen: ipv4 }]),
    ...(held === undefined || splitInterface(held).prefixLength === parseNetwork(network.ipv4).length
      ? []
      : [{ message: `${node} was given another prefix length`, where, expected, seen: held }]),
    ...ipv6Evidence(where, node, ipv6, network.ipv6),
  ];
}

function ipv6Evidence(
  where: string,
  node: string,
  ipv6: string | undefined,
  network: string | undefined,
): readonly Evidence[] {
  if (ipv6 === undefined || network === undefined) return [];
  const expected = `an address in ${network}`;
  if (isUnspecified(ipv6)) return [{ message: `${node} got no IPv6 address`, where, expected, seen: 'none' }];
  if (contains(network, ipv6)) return [];
  return [{ message: `${node} was given an IPv6 address of another network`, where, expected, seen: ipv6 }];
}
