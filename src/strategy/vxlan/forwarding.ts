/** How a VXLAN device knows which host has which address. */
import type { FdbState, ForwardingAgent, VxlanLink } from '#lab/state.js';
import { macFromIpv4 } from '../../address/mac.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import { tunnelAddress } from '../underlay.js';

export const forwardings = ['static', 'multicast', 'kv', 'consul'] as const;
export type Forwarding = (typeof forwardings)[number];

export interface Choice {
  readonly forwarding: Forwarding;
  readonly vni: number;
  readonly port: number;
}

/** Whether a key-value store tells the hosts of each other: etcd, or Consul. */
export const isStored = (forwarding: Forwarding): boolean => forwarding === 'kv' || forwarding === 'consul';

/** What stands for every address that has no entry of its own. */
const anyMac = '00:00:00:00:00:00';
/** Administratively scoped groups, which no router forwards unasked (RFC 2365; RFC 4291: ff05 is the site). */
const groups = { ipv4: '239.3.0.1', ipv6: 'ff05::3:1' } as const;

/** What a group of containers has on each host; a cluster without groups is one. */
export interface Segment {
  /** Added to the VXLAN network identifier. */
  readonly index: number;
  readonly bridge: string;
  readonly device: string;
}

export const segmentOf = (index: number): Segment => ({ index, bridge: `br${index}`, device: `vxlan${index}` });

/** The overlay's end on a host: a port of br0, whose frames go to other hosts. */
export function vtep(
  cluster: Cluster,
  host: Host,
  mtuBytes: number,
  { forwarding, vni, port }: Choice,
  { index, bridge, device }: Segment,
): VxlanLink {
  const byGroup = { remote: groups[cluster.underlay.family], parent: 'eth1' };
  return {
    kind: 'vxlan',
    name: device,
    mtuBytes,
    vni: vni + index,
    port,
    local: tunnelAddress(cluster, host),
    ...(forwarding === 'multicast' ? byGroup : {}),
    // What a key-value store says is not to be overruled by whoever sends a frame.
    learning: !isStored(forwarding),
    master: bridge,
    addresses: [],
  };
}

/** What an agent is to find out from a key-value store: every other host, its bridge, and where its containers are. */
export function learnedEntries(cluster: Cluster, host: Host, segment: Segment): ForwardingAgent {
  const link = segment.device;
  const peers = cluster.hosts.filter(({ name }) => name !== host.name);
  const at = (peer: Host, mac: string): FdbState => ({ link, mac, destination: tunnelAddress(cluster, peer) });
  return {
    link,
    learns: [...staticEntries(cluster, host, segment), ...peers.map((peer) => at(peer, macFromIpv4(peer.ipv4)))],
    knows: peers.flatMap((peer) => peer.containers.map(({ mac }) => at(peer, mac))),
  };
}

/** Whatever has no entry of its own, broadcasts too, goes to every other host: one copy for each. */
export function staticEntries(cluster: Cluster, host: Host, { device }: Segment): readonly FdbState[] {
  const peers = cluster.hosts.filter(({ name }) => name !== host.name);
  return peers.map((peer) => ({ link: device, mac: anyMac, destination: tunnelAddress(cluster, peer) }));
}
