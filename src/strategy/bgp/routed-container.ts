/**
 * A container with an address of its own and no subnet, as Calico attaches it: the host's end of its cable has no IPv4
 * address and answers ARP for every other one (proxy ARP), so any gateway will do.
 *
 *     container                         host
 *     eth0 10.4.1.2/32 ──────────────── veth-h1c1   proxy_arp, fe80::1
 *     default via 169.254.1.1 onlink    10.4.1.2/32 dev veth-h1c1
 */
import { emptyNode, type RouteState, type VethLink } from '#lab/state.js';
import type { Cluster, Container } from '../../cluster/cluster.js';
import type { Attachment } from '../contract.js';
import { hostOf } from '../flat-bridge.js';
import { interfaceName } from '../interface-name.js';
import { type Dual, families } from '../underlay.js';

/** What containers have as gateway, whoever answers for it (Calico, reference/faq: "Why does my container have a route to 169.254.1.1?"). */
export const anyGateway: Dual = { ipv4: '169.254.1.1', ipv6: 'fe80::1' };

/** A container's addresses as prefixes of which there is nothing else in. */
export function containerAddresses({ ipv4, ipv6 }: Container): Dual {
  return { ipv4: `${ipv4}/32`, ...(ipv6 === undefined ? {} : { ipv6: `${ipv6}/128` }) };
}

/** @param mtuBytes MTU of eth0; the host's end has that of the host's eth1 at least */
export function attachRouted(cluster: Cluster, container: Container, mtuBytes: number): Attachment {
  const port = interfaceName('veth-', container.name);
  const addresses = containerAddresses(container);
  const eth0: VethLink = {
    kind: 'veth',
    name: 'eth0',
    mtuBytes,
    mac: container.mac,
    addresses: families(addresses),
    peer: { node: container.host, link: port },
  };
  const hostEnd: VethLink = {
    kind: 'veth',
    name: port,
    mtuBytes: Math.max(mtuBytes, hostOf(cluster, container).mtuBytes),
    addresses: addresses.ipv6 === undefined ? [] : [`${anyGateway.ipv6}/64`],
    peer: { node: container.name, link: 'eth0' },
  };
  return {
    container: { ...emptyNode(container.name, 'container', container.host), links: [eth0], routes: outward(addresses) },
    host: {
      links: [hostEnd],
      routes: families(addresses).map((destination) => ({ destination, link: port })),
      sysctls: answersForAll(port),
    },
  };
}

function outward({ ipv6 }: Dual): readonly RouteState[] {
  const gateways = ipv6 === undefined ? [anyGateway.ipv4] : families(anyGateway);
  return gateways.map((via) => ({ destination: 'default', via, link: 'eth0', onLink: true }));
}

/** The kernel would wait for up to 0.8 s before it answers for others (proxy_delay, arp(7)). */
function answersForAll(link: string): Readonly<Record<string, string>> {
  const name = link.replaceAll('.', '/');
  return { [`net.ipv4.conf.${name}.proxy_arp`]: '1', [`net.ipv4.neigh.${name}.proxy_delay`]: '0' };
}
