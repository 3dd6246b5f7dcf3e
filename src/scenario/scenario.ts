import type { Declaration, PromiseName } from '../declaration/promise.js';
import type { FaultSpec } from './fault.js';

/** Cross-field rules that a scenario may break on purpose, to see what happens then (`tolerate:`). */
export const tolerableRules = [
  'overlapping-slices',
  'address-outside-slice',
  'duplicate-address',
  'slice-too-small',
  'mtu-beyond-wire',
  'overlapping-pool',
  'pool-too-small',
] as const;
export type TolerableRule = (typeof tolerableRules)[number];

/** How many ordered pairs a reachability check probes: every one, or a covering design. `auto` decides by size. */
export const coverages = ['auto', 'all', 'covering'] as const;
export type Coverage = (typeof coverages)[number];

export interface ContainerSpec {
  readonly name: string;
  /** An address that a person chose, without prefix length; assigned from the host's slice when absent. */
  readonly address?: string;
  readonly mac?: string;
  readonly mtuBytes?: number;
  /** Groups that it belongs to, where containers of different groups are to be kept apart. */
  readonly groups?: readonly string[];
  /** Which of its interfaces is meant, `eth0` for 0: set where a container is looked at as a member of one of its groups. */
  readonly interfaceNumber?: number;
}

export interface HostSpec {
  readonly name: string;
  readonly containers: readonly ContainerSpec[];
  /** The host's part of the cluster network, as a prefix; assigned by the strategy when absent. */
  readonly slice?: string;
  /** The host's own address on the cluster network, without prefix length. */
  readonly address?: string;
  /** MTU of eth1 in bytes; the wire's when absent. */
  readonly mtuBytes?: number;
}

export interface OutsiderSpec {
  readonly name: string;
  readonly address?: string;
}

/** A named service: containers that serve it on a port of theirs. */
export interface NamedService {
  /** A DNS label: `web` is looked up as `web.service.dc1.consul`. */
  readonly name: string;
  /** TCP port on which each of the containers serves. */
  readonly port: number;
  /** Names of containers. */
  readonly containers: readonly string[];
}

/** How containers find services by name. */
export interface DiscoverySpec {
  readonly kind: 'none' | 'consul';
  /** Where the agents run: one on each host, or one in each container as well. */
  readonly agents: 'host' | 'container';
}

/** `switch`: one flat layer-2 LAN; `routed`: every host in a subnet of its own, behind a router. */
export const underlayKinds = ['switch', 'routed'] as const;
export type UnderlayKind = (typeof underlayKinds)[number];

export interface UnderlaySpec {
  readonly kind: UnderlayKind;
  readonly mtuBytes: number;
  /** Family of the addresses by which the hosts know each other: what tunnels run over. */
  readonly family: 'ipv4' | 'ipv6';
  /** Hosts whose router translates addresses, so that nobody reaches them unasked; routed only. */
  readonly nat: readonly string[];
  /** Redundant cables between two hosts, beside the ones to the switch. */
  readonly extraLinks: ReadonlyArray<readonly [string, string]>;
}

/** A parameter of a strategy that the machine has decided. */
export interface Decision {
  readonly parameter: string;
  readonly value: string | number | boolean;
  /** What was found on the machine: `this kernel has no openvswitch datapath`. */
  readonly why: string;
}

/** A scenario with its defaults filled in and every rule checked: what is claimed. */
export interface Scenario {
  readonly name: string;
  readonly strategy: {
    readonly name: string;
    /** Those that the file gives, checked; what it leaves out is the strategy's to fill in, and stands in the plan. */
    readonly parameters: Readonly<Record<string, unknown>>;
    /** Those of the parameters that the machine has decided, because the file leaves them to it; absent when none. */
    readonly decided?: readonly Decision[];
  };
  readonly cluster: {
    readonly hosts: readonly HostSpec[];
    readonly outsiders: readonly OutsiderSpec[];
    readonly underlay: UnderlaySpec;
    readonly ipv6: boolean;
  };
  readonly services: readonly NamedService[];
  readonly discovery: DiscoverySpec;
  /** Expectations that differ from what the strategy declares. */
  readonly expect: Partial<Readonly<Record<PromiseName, Declaration['declared']>>>;
  /** Promises to measure; every one when absent. */
  readonly only?: readonly PromiseName[];
  readonly coverage: Coverage;
  /** What is broken before anything is measured, in this order; nothing when absent. */
  readonly faults?: readonly FaultSpec[];
  readonly tolerate: readonly TolerableRule[];
}
