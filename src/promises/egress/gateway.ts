/** Where a container sends what leaves the cluster, by its own routing table. */
import type { Lab } from '#lab/lab.js';
import type { Family } from '#lab/sockets.js';
import { type Holder, type Holders, holderName, withoutLength } from '../../probes/holders.js';
import { observedLink } from '../../probes/observed-link.js';

export interface Gateway {
  /** Address of the next hop. */
  readonly address: string;
  /** Node that has the address or answers for it, its own host where several have it; absent when nobody does. */
  readonly node?: string;
  /** The node's interface: `h1:br0`. */
  readonly where?: string;
}

/** The gateway of a node's default route; undefined when it has none. */
export async function gatewayOf(
  lab: Lab,
  holders: Holders,
  { node, host }: { readonly node: string; readonly host?: string },
  family: Family,
): Promise<Gateway | undefined> {
  const routes = (await lab.nodes.get(node)?.observe())?.routes ?? [];
  const route = routes.find(({ destination, via }) => isDefault(destination) && familyOf(via) === family);
  const address = route?.via;
  if (address === undefined) return undefined;
  const owners = [...holders.ofAddress(address), ...holders.ofLinkLocal(address)];
  const owner =
    owners.find((holder) => holder.node === host) ?? owners[0] ?? (await answering(lab, node, route?.link, address));
  return owner === undefined ? { address } : { address, node: owner.node, where: holderName(owner) };
}

/** The other end of the cable, where it has that link-local address, or answers for any address (proxy ARP, arp(7)). */
async function answering(
  lab: Lab,
  node: string,
  link: string | undefined,
  address: string,
): Promise<Holder | undefined> {
  const cable = lab.nodes.get(node)?.state.links.find(({ name }) => name === link);
  if (cable?.kind !== 'veth') return undefined;
  const proxy = `net.ipv4.conf.${cable.peer.link.replaceAll('.', '/')}.proxy_arp`;
  const [found, sysctls] = await Promise.all([
    observedLink(lab, cable.peer),
    lab.nodes.get(cable.peer.node)?.sysctls([proxy]),
  ]);
  const has = found?.addresses.map(withoutLength).includes(address);
  const isProxy = sysctls?.[proxy] === '1';
  return has === true || (isProxy && familyOf(address) === 'ipv4') ? cable.peer : undefined;
}

function isDefault(destination: string): boolean {
  return ['default', '0.0.0.0/0', '::/0'].includes(destination);
}

function familyOf(via: string | undefined): Family | undefined {
  if (via === undefined) return undefined;
  return via.includes(':') ? 'ipv6' : 'ipv4';
}
