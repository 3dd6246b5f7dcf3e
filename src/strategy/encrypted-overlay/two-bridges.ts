/**
 * The first variant of the talk: Docker's own bridge beside that of the overlay. A container has eth0 on docker0, by which it
 * leaves, and ethwe on the overlay; a default route by both would make packets leave with the wrong source address.
 */
import type { BridgeLink, VethLink } from '#lab/state.js';
import { emptyNode } from '#lab/state.js';
import { fromNumber, toNumber } from '../../address/ip.js';
import { macFromIpv4 } from '../../address/mac.js';
import { parseNetwork } from '../../address/prefix.js';
import { ipv6Of } from '../../cluster/addressing.js';
import type { Cluster, Container, Host } from '../../cluster/cluster.js';
import type { Attachment } from '../contract.js';
import { hostOf } from '../flat-bridge.js';
import { interfaceName } from '../interface-name.js';
import * as underlay from '../underlay.js';

/**
 * Docker's own network. Every Docker has all of it for itself; here each host has the part that repeats its slice
 * (--bip=172.17.x.1/24), so that no address is twice in the cluster.
 */
export const dockerNetwork = { ipv4: '172.17.0.0/16', ipv6: 'fd00:172:17::/64' } as const;

export function docker0(cluster: Cluster, host: Host): BridgeLink {
  return {
    kind: 'bridge',
    name: 'docker0',
    mtuBytes: host.mtuBytes,
    mac: macFromIpv4(gatewayOf(cluster, host).ipv4),
    stp: false,
    forwardDelaySeconds: 0,
    addresses: dockerAddresses(host, gatewayOf(cluster, host)),
  };
}

/** What Docker masquerades: what comes from its own bridge. */
export function privateNetwork(cluster: Cluster): underlay.Dual {
  return cluster.network.ipv6 === undefined ? { ipv4: dockerNetwork.ipv4 } : dockerNetwork;
}

export function attachToBoth(cluster: Cluster, container: Container, mtuBytes: number): Attachment {
  const host = hostOf(cluster, container);
  const own = privateAddress(cluster, container.ipv4);
  const eth0 = { name: 'eth0', mac: macFromIpv4(own.ipv4), mtuBytes: host.mtuBytes };
  const ethwe = { name: 'ethwe', mac: container.mac, mtuBytes };
  const [inside, dockerPort] = cable(container, { ...eth0, addresses: dockerAddresses(host, own) }, 'dock-', 'docker0');
  const addresses = underlay.inNetwork(cluster.network, container);
  const [overlay, overlayPort] = cable(container, { ...ethwe, addresses }, 'veth-', 'br0');
  const routes = underlay.defaultRoutes('eth0', gatewayOf(cluster, host));
  return {
    container: { ...emptyNode(container.name, 'container', host.name), links: [inside, overlay], routes },
    host: { links: [dockerPort, overlayPort] },
  };
}

function cable(
  container: Container,
  end: Pick<VethLink, 'name' | 'mac' | 'mtuBytes' | 'addresses'>,
  prefix: string,
  master: string,
): readonly [VethLink, VethLink] {
  const port = interfaceName(prefix, container.name);
  const mtu = end.mtuBytes === undefined ? {} : { mtuBytes: end.mtuBytes };
  return [
    { ...end, kind: 'veth', peer: { node: container.host, link: port } },
    { ...mtu, kind: 'veth', name: port, master, addresses: [], peer: { node: container.name, link: end.name } },
  ];
}

/** The address that is in Docker's network what this one is in the overlay: 172.17.1.2 for 10.2.1.2. */
function privateAddress(cluster: Cluster, ipv4: string): underlay.Dual {
  const offset = toNumber(ipv4) - toNumber(parseNetwork(cluster.network.ipv4).network);
  const own = fromNumber('ipv4', toNumber(parseNetwork(dockerNetwork.ipv4).network) + offset).text;
  return { ipv4: own, ipv6: cluster.network.ipv6 === undefined ? undefined : ipv6Of(dockerNetwork.ipv6, own) };
}

/** Of docker0: the first address of the slice, which no container gets. */
function gatewayOf(cluster: Cluster, host: Host): underlay.Dual {
  const { network } = parseNetwork(host.slice);
  return privateAddress(cluster, fromNumber('ipv4', toNumber(network) + 1n).text);
}

function dockerAddresses(host: Host, address: underlay.Dual): readonly string[] {
  return underlay.inNetwork({ ipv4: host.slice, ipv6: dockerNetwork.ipv6 }, address);
}
