/** A host's side of the LAN: the kernel's own eth1, or one that Open vSwitch has taken over. */
import type { DaemonLink, LinkState, NodeState, ServiceState } from '#lab/state.js';
import { macFromIpv4 } from '../../address/mac.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import { surroundings } from '../surroundings.js';
import { lanAddresses, lanLink } from '../underlay.js';
import { lanBridge } from './instance.js';

export interface LanSide {
  /** The one that has the host's address on the LAN. */
  readonly interface: string;
  readonly links: readonly LinkState[];
  readonly sysctls: Readonly<Record<string, string>>;
}

export function lanSideOf(cluster: Cluster, host: Host, isUserspace: boolean): LanSide {
  const eth1 = lanLink(cluster, host);
  const addresses = lanAddresses(cluster, host);
  if (!isUserspace) return { interface: 'eth1', links: [{ ...eth1, addresses }], sysctls: {} };
  const bridge = { ...madeBySwitch(lanBridge), mtuBytes: host.mtuBytes, mac: macFromIpv4(host.lanIpv4), addresses };
  // Every userspace datapath has a device of its own that nothing uses.
  const links = [eth1, bridge, { ...madeBySwitch('ovs-netdev'), up: false }];
  return { interface: lanBridge, links, sysctls: silentPort(cluster) };
}

/** An interface of the host that Open vSwitch makes for the bridge of that name. */
export const madeBySwitch = (name: string): DaemonLink => ({
  kind: 'daemon',
  name,
  service: 'ovs-vswitchd',
  addresses: [],
});

/** The kernel sees what comes in by eth1, too; that it must not answer for the bridge's addresses with eth1's MAC. */
function silentPort({ network: { ipv6 } }: Cluster): Readonly<Record<string, string>> {
  return {
    'net.ipv4.conf.eth1.arp_ignore': '1',
    ...(ipv6 === undefined ? {} : { 'net.ipv6.conf.eth1.disable_ipv6': '1' }),
  };
}

/**
 * What is around the hosts, where Open vSwitch reads frames raw from eth1. It takes them for finished, as those of a real
 * wire are; a veth leaves checksums and segments to whoever reads the frame in the end. So here they are finished before
 * they go onto a host's cable.
 */
export function surroundingsWithWholeFrames(cluster: Cluster): readonly NodeState[] {
  const ports = cluster.hosts.map((host) => lanLink(cluster, host).peer);
  return surroundings(cluster).map((node) => {
    const own = ports.filter((port) => port.node === node.name).map(({ link }) => withoutOffload(link));
    return { ...node, services: [...node.services, ...own] };
  });
}

function withoutOffload(link: string): ServiceState {
  const argv = ['ethtool', '--offload', link, 'tx', 'off'] as const;
  return { name: `whole-frames-${link}`, argv, ready: { kind: 'done' }, readyTimeoutMs: 60_000, stopGraceMs: 0 };
}
