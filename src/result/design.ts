import type { Topology } from '../graph/topology.js';

/** What a strategy runs or loads; empty lists where it needs nothing. */
export interface Needs {
  /** Names of its daemons. */
  readonly daemons: readonly string[];
  /** Listening sockets: `udp/4789`. */
  readonly listeners: readonly string[];
  /** Kernel features beyond veth and bridge. */
  readonly kernelFeatures: readonly string[];
  /** Programs without which the lab cannot be built. */
  readonly programs: readonly string[];
  /** What only the way out of the cluster needs. */
  readonly forEgress: readonly string[];
}

/** What was decided before anything was built, as far as reports show it. */
export interface DesignFacts {
  /** The strategy in a few words. */
  readonly title: string;
  readonly underlay: {
    readonly kind: 'switch' | 'routed';
    /** MTU of the wires between the hosts. */
    readonly mtuBytes: number;
    readonly family: 'ipv4' | 'ipv6';
  };
  /** The MTU of containers by arithmetic. */
  readonly mtu: {
    readonly bytes: number;
    readonly wireBytes: number;
    readonly why: string;
    /** By host, where hosts carry different sizes. */
    readonly ofHosts?: Readonly<Record<string, number>>;
  };
  readonly needs: Needs;
  /** Absent where the network forwards as soon as its links are up. */
  readonly convergence?: { readonly deadlineMs: number; readonly why: string };
  /** How long flows may be interrupted after what; absent where that takes no protocol's time, and in results of netlab 0.1.0. */
  readonly recovery?: Partial<Readonly<Record<'link' | 'host' | 'reboot', RecoveryFact>>>;
  /** Parameters of the strategy that the machine decided; absent when none. */
  readonly decided?: readonly MachineDecision[];
  /** The network as it is drawn. */
  readonly topology: Topology;
}

export interface RecoveryFact {
  readonly limitMs: number;
  /** Which timers, with their source. */
  readonly why: string;
}

export interface MachineDecision {
  readonly parameter: string;
  readonly value: string | number | boolean;
  /** What was found on the machine. */
  readonly why: string;
}

/** Something that the strategy needs and the machine has not got. */
export interface MissingNeed {
  /** `link vxlan`, `program nft` */
  readonly requirement: string;
  readonly why: string;
  readonly detail: string;
  /** What would provide it; empty when nothing is known. */
  readonly remedy: string;
}
