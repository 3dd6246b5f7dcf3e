/** Where a container sends what leaves the cluster, by its own routing table. */
import type { Lab } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import { type Holders, holderName } from '../holders.js';

export interface Gateway {
  /** Address of the next hop. */
  readonly address: string;
  /** Node that has the address, its own host where several have it; absent when nobody has. */
  readonly node?: string;
  /** The node's interface: `h1:br0`. */
  readonly where?: string;
}

/** The gateway of a node's default route; undefined when it has none. */
export function gatewayOf(
  lab: Lab,
  holders: Holders,
  { node, host }: { readonly node: string; readonly host?: string },
  family: Family,
): Gateway | undefined {
  const routes = lab.nodes.get(node)?.observe().routes ?? [];
  const address = routes.find(({ destination, via }) => isDefault(destination) && familyOf(via) === family)?.via;
  if (address === undefined) return undefined;
  const owners = holders.ofAddress(address);
  const owner = owners.find((holder) => holder.node === host) ?? owners[0];
  return owner === undefined ? { address } : { address, node: owner.node, where: holderName(owner) };
}

function isDefault(destination: string): boolean {
  return ['default', '0.0.0.0/0', '::/0'].includes(destination);
}

function familyOf(via: string | undefined): Family | undefined {
  if (via === undefined) return undefined;
  return via.includes(':') ? 'ipv6' : 'ipv4';
}
