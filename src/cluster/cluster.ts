import type { AddressRange } from '../address/range.js';
import type { ContainerSpec, UnderlaySpec } from '../scenario/scenario.js';
import type { ContainerAddresses } from './addressing.js';

/** A container with the addresses that the address plan gave it. */
export interface Container {
  readonly name: string;
  readonly host: string;
  /** IPv4 address without prefix length; the unspecified one, `0.0.0.0`, when only its lease will tell. */
  readonly ipv4: string;
  /** As `ipv4`; `::` when only the network will tell. */
  readonly ipv6?: string;
  readonly mac: string;
  /** `automatic` when the address plan chose the address, `manual` when a person wrote it into the scenario. */
  readonly assigned: 'automatic' | 'manual';
  /** MTU of the container's interface where the scenario overrides the predicted one. */
  readonly mtuBytes?: number;
  readonly groups?: readonly string[];
  /** Which of its interfaces has these addresses, 0 for eth0; another one where it is in several groups. */
  readonly interfaceNumber?: number;
}

export interface Host {
  readonly name: string;
  /** 1 for the first host: the x of 10.1.x.0/24. */
  readonly index: number;
  /** The address by which the cluster knows it, without prefix length: in the cluster network or on its LAN. */
  readonly ipv4: string;
  readonly ipv6?: string;
  /** Address on its LAN, without prefix length; the same as `ipv4` where the cluster network is the LAN. */
  readonly lanIpv4: string;
  readonly lanIpv6?: string;
  /** Index of its site in {@link Cluster.sites}. */
  readonly site: number;
  /** Address on the way to r1, without prefix length: of eth0, or that on the LAN. */
  readonly uplinkIpv4: string;
  readonly uplinkIpv6?: string;
  /** The part of the cluster network that this host's containers take their addresses from. */
  readonly slice: string;
  /** The same in IPv6, where the slice's prefix length is a multiple of 8 bits. */
  readonly slice6?: string;
  readonly mtuBytes: number;
  readonly containers: readonly Container[];
}

/** A machine on the LAN that is no cluster host. */
export interface Outsider {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6?: string;
}

/** A router that has a LAN behind it. */
export interface SiteRouter {
  readonly name: string;
  readonly uplinkIpv4: string;
  readonly uplinkIpv6?: string;
  /** It translates addresses: nobody reaches the site unasked. */
  readonly nat: boolean;
}

/** A LAN: a switch with hosts at it. There is one, or with a routed underlay one for each host. */
export interface Site {
  readonly switch: string;
  /** Prefix of the LAN. */
  readonly ipv4: string;
  readonly ipv6?: string;
  /** The machines' gateway: r1 itself, or the site's router. Absent where hosts reach r1 by another interface. */
  readonly gateway?: { readonly name: string; readonly ipv4: string; readonly ipv6?: string };
  /** Routed underlays only. */
  readonly router?: SiteRouter;
}

/** The cluster with every address decided: what strategies and plans start from. Plain data, JSON in and out. */
export interface Cluster {
  readonly network: { readonly ipv4: string; readonly ipv6?: string };
  /** Between r1 and the hosts' eth0, or the sites' routers. */
  readonly uplink: { readonly ipv4: string; readonly ipv6?: string };
  readonly hosts: readonly Host[];
  readonly outsiders: readonly Outsider[];
  /** At least one. Outsiders are on the first one's LAN. */
  readonly sites: readonly Site[];
  /** Where containers have their addresses from. */
  readonly containerAddresses: ContainerAddresses;
  /** The addresses that leases are given from, where containers have theirs by lease. */
  readonly pool?: AddressRange;
  readonly underlay: UnderlaySpec;
  /** r1, with its address on the cluster's side: on the uplink, or on the LAN. */
  readonly router: { readonly name: string; readonly uplinkIpv4: string; readonly uplinkIpv6?: string };
  /** A node beyond the router. */
  readonly world: {
    readonly name: string;
    readonly ipv4: string;
    readonly ipv6?: string;
    readonly gatewayIpv4: string;
    readonly gatewayIpv6?: string;
  };
  /** Names of the switch nodes: the first LAN that eth1 is on, and the uplink, where there is one. */
  readonly switches: { readonly lan: string; readonly uplink?: string };
}

/** A request for one more container on a host. */
export interface ContainerRequest extends Partial<ContainerSpec> {
  readonly name: string;
}

/** What stands for an address that only a lease or a router advertisement will tell. */
export const unspecified = { ipv4: '0.0.0.0', ipv6: '::' } as const;
