import type { ContainerSpec, UnderlaySpec } from '../scenario/scenario.js';

/** A container with the addresses that the address plan gave it. */
export interface Container {
  readonly name: string;
  readonly host: string;
  /** IPv4 address without prefix length. */
  readonly ipv4: string;
  readonly ipv6?: string;
  readonly mac: string;
  /** `automatic` when the address plan chose the address, `manual` when a person wrote it into the scenario. */
  readonly assigned: 'automatic' | 'manual';
  /** MTU of the container's interface where the scenario overrides the predicted one. */
  readonly mtuBytes?: number;
}

export interface Host {
  readonly name: string;
  /** 1 for the first host: the x of 10.1.x.0/24. */
  readonly index: number;
  /** Address on the cluster network, without prefix length. */
  readonly ipv4: string;
  readonly ipv6?: string;
  /** Address on the uplink towards r1 (eth0), without prefix length. */
  readonly uplinkIpv4: string;
  readonly uplinkIpv6?: string;
  /** The part of the cluster network that this host's containers take their addresses from. */
  readonly slice: string;
  readonly mtuBytes: number;
  readonly containers: readonly Container[];
}

/** A machine on the LAN that is no cluster host. */
export interface Outsider {
  readonly name: string;
  readonly ipv4: string;
  readonly ipv6?: string;
}

/** The cluster with every address decided: what strategies and plans start from. Plain data, JSON in and out. */
export interface Cluster {
  readonly network: { readonly ipv4: string; readonly ipv6?: string };
  readonly uplink: { readonly ipv4: string; readonly ipv6?: string };
  readonly hosts: readonly Host[];
  readonly outsiders: readonly Outsider[];
  readonly underlay: UnderlaySpec;
  readonly router: { readonly name: string; readonly uplinkIpv4: string; readonly uplinkIpv6?: string };
  /** A node beyond the router. */
  readonly world: {
    readonly name: string;
    readonly ipv4: string;
    readonly ipv6?: string;
    readonly gatewayIpv4: string;
    readonly gatewayIpv6?: string;
  };
  /** Names of the switch nodes: the LAN that eth1 is on, and the uplink that eth0 is on. */
  readonly switches: { readonly lan: string; readonly uplink: string };
}

/** A request for one more container on a host. */
export interface ContainerRequest extends Partial<ContainerSpec> {
  readonly name: string;
}
