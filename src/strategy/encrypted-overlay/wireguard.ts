/** WireGuard with VXLAN on top: WireGuard carries IP packets only, so VXLAN makes one Ethernet of the hosts' bridges. */
import type { FdbState, LinkState } from '#lab/state.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import { promised } from '../../declaration/promise.js';
import type { Decision } from '../../scenario/scenario.js';
import type { Infrastructure, MtuPrediction, Requirement } from '../contract.js';
import { bridgeOf, type Engine, ethernetHeaderBytes, outerHeaderBytes } from './engine.js';
import { carriedBytes, predict } from '../overhead.js';
import { addressOf, services, wireguardPort } from './wireguard-peers.js';

export interface WireguardChoice {
  readonly implementation: 'auto' | 'kernel' | 'userspace';
}

/** Header, counter and authentication code of a data message (WireGuard's whitepaper, section 5.4.6). */
const WIREGUARD_BYTES = 32;
/** IPv4 20, UDP 8, VXLAN 8 (RFC 7348), and the frame's own header. */
const VXLAN_BYTES = 20 + 8 + 8 + ethernetHeaderBytes;
const VXLAN_PORT = 4789;

export function probesFor({ implementation }: WireguardChoice): readonly string[] {
  return implementation === 'auto' ? ['link:wireguard'] : [];
}

export function decideImplementation(
  { implementation }: WireguardChoice,
  available: ReadonlySet<string>,
): readonly Decision[] {
  if (implementation !== 'auto') return [];
  const [value, why] = available.has('link:wireguard')
    ? (['kernel', 'this kernel has WireGuard'] as const)
    : (['userspace', 'this kernel has no WireGuard'] as const);
  return [{ parameter: 'implementation', value, why }];
}

const isKernels = ({ implementation }: WireguardChoice): boolean => implementation === 'kernel';

/** @param group its number: groups share the tunnels, and each has a VXLAN network of its own in them */
export function wireguard(cluster: Cluster, chosen: WireguardChoice, group: number): Engine {
  const mtu = prediction(cluster);
  return {
    mtu,
    infrastructure: infrastructureOf(chosen),
    requirements: requirementsOf(chosen),
    convergence: {
      deadlineMs: 20_000,
      why: 'WireGuard: a handshake that met nobody is tried again after 5 s (REKEY_TIMEOUT)',
    },
    promises: {
      'container-to-container': promised(
        'every host is told of every other one: WireGuard learns no peers, so one that joins must be made known to all',
      ),
    },
    onHost: (host) => ({
      links: linksOf(host, carriedBytes(mtu, host.name), group),
      fdb: floodList(cluster, host, group),
      services: services(cluster, host, isKernels(chosen)),
      // Once for all groups: they share the port.
      nftables: group === 0 ? onlyFromTunnels : '',
    }),
  };
}

const deviceOf = (group: number): string => `vxlan${group}`;

function linksOf(host: Host, mtuBytes: number, group: number): readonly LinkState[] {
  return [
    {
      kind: 'daemon',
      name: 'wg0',
      service: 'wireguard',
      mtuBytes: mtuBytes + VXLAN_BYTES,
      addresses: [`${addressOf(host)}/24`],
    },
    {
      kind: 'vxlan',
      name: deviceOf(group),
      vni: 1 + group,
      port: VXLAN_PORT,
      local: addressOf(host),
      // By wg0 or not at all: where wg0 is gone, nothing leaves by another interface in clear.
      parent: 'wg0',
      mtuBytes,
      master: bridgeOf(group),
      addresses: [],
    },
  ];
}

/** VXLAN has no keys: whoever reaches its port could put frames into the overlay. */
const onlyFromTunnels = `table inet overlay {
  chain input {
    type filter hook input priority filter; policy accept;
    iifname != "wg0" udp dport ${VXLAN_PORT} drop
  }
}
`;

/** What has no known place yet, broadcasts and multicasts go to every other host. */
function floodList({ hosts }: Cluster, host: Host, group: number): readonly FdbState[] {
  const others = hosts.filter(({ name }) => name !== host.name);
  return others.map((other) => ({ link: deviceOf(group), mac: '00:00:00:00:00:00', destination: addressOf(other) }));
}

/** WireGuard pads packets to 16 bytes, but not beyond its interface's MTU: nothing is lost to that. */
function prediction(cluster: Cluster): MtuPrediction {
  const tunnelBytes = outerHeaderBytes(cluster) + WIREGUARD_BYTES;
  const outer = `${tunnelBytes} (WireGuard over ${cluster.underlay.family === 'ipv4' ? 'IPv4' : 'IPv6'})`;
  return predict(cluster, (wireBytes) => {
    const bytes = wireBytes - tunnelBytes - VXLAN_BYTES;
    return { bytes, why: `${wireBytes} - ${outer} - ${VXLAN_BYTES} (VXLAN over IPv4): ${bytes}` };
  });
}

function infrastructureOf(chosen: WireguardChoice): Infrastructure {
  const own = isKernels(chosen)
    ? { daemons: [], kernelFeatures: ['vxlan', 'wireguard'] }
    : { daemons: ['wireguard-go'], kernelFeatures: ['vxlan', 'tun'] };
  return { ...own, listeners: [`udp/${wireguardPort}`, `udp/${VXLAN_PORT}`], forEgress: ['nftables nat'] };
}

function requirementsOf(chosen: WireguardChoice): readonly Requirement[] {
  const own: readonly Requirement[] = isKernels(chosen)
    ? [{ kind: 'link', name: 'wireguard', why: 'encrypts what goes from host to host' }]
    : [
        {
          kind: 'binary',
          name: 'wireguard-go',
          debianPackage: 'wireguard-go',
          why: 'encrypts what goes from host to host',
        },
        { kind: 'link', name: 'tun', why: 'wireguard-go has a tun interface on each host' },
      ];
  return [
    ...own,
    { kind: 'binary', name: 'ip', debianPackage: 'iproute2', why: 'makes wg0, and sets it up' },
    { kind: 'binary', name: 'wg', debianPackage: 'wireguard-tools', why: 'makes keys, and tells wg0 its peers' },
    { kind: 'link', name: 'vxlan', why: "makes one Ethernet of the hosts' bridges" },
  ];
}
