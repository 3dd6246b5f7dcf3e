import type { LinkState, NodeState } from '#lab/state.js';
import { unspecified } from '../cluster/cluster.js';
import type { Endpoint } from './plan.js';
import { PlanError } from './problem.js';

/** What the cluster knows of an endpoint. */
export interface EndpointAddresses {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6?: string;
}

/**
 * Where the node is reached: the link that carries the address that the cluster gave it, or that will get one.
 * @param owner the node in whose network it lives, when that is not its own
 * @throws PlanError when no link does
 */
export function endpointOf(
  node: NodeState | undefined,
  { name, ipv4, ipv6 }: EndpointAddresses,
  owner: NodeState | undefined = node,
): Endpoint {
  const link =
    ipv4 === unspecified.ipv4
      ? owner?.links.find(({ kind, addresses }) => kind !== 'bridge' && addresses.length === 0)
      : owner?.links.find(({ addresses }) => addresses.some((address) => address.startsWith(`${ipv4}/`)));
  if (node === undefined || link === undefined) {
    throw new PlanError([{ where: name, message: `no link of it has the address ${ipv4}` }]);
  }
  return {
    node: name,
    role: roleOf(node),
    ...hostPart(node),
    link: link.name,
    ...macPart(link),
    ipv4,
    ...(ipv6 === undefined ? {} : { ipv6 }),
  };
}

function roleOf({ name, role }: NodeState): Endpoint['role'] {
  if (role === 'switch' || role === 'router')
    throw new PlanError([{ where: name, message: `a ${role} is no endpoint` }]);
  return role;
}

function hostPart({ host }: NodeState): Pick<Endpoint, 'host'> {
  return host === undefined ? {} : { host };
}

function macPart({ mac }: LinkState): Pick<Endpoint, 'mac'> {
  return mac === undefined ? {} : { mac };
}
