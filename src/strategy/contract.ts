import type { ZodType } from 'zod';
import type {
  FdbState,
  LinkState,
  NeighbourState,
  NodeState,
  RouteState,
  RuleState,
  ServiceState,
} from '#lab/state.js';
import type { Addressing } from '../cluster/addressing.js';
import type { Cluster, Container } from '../cluster/cluster.js';
import type { Declarations } from '../declaration/promise.js';
import type { MeshTree } from './mesh-tree.js';
import type { Decision, Scenario } from '../scenario/scenario.js';

/** Something that the machine must have before a lab is built. */
export type Requirement =
  | { readonly kind: 'feature'; readonly name: 'openvswitch' | 'qdisc:tbf'; readonly why: string }
  | {
      readonly kind: 'link';
      readonly name: 'veth' | 'bridge' | 'vxlan' | 'macvlan' | 'tun' | 'wireguard' | 'gretap' | 'geneve';
      readonly why: string;
    }
  | { readonly kind: 'nftables'; readonly name: string; readonly why: string }
  | {
      readonly kind: 'binary';
      readonly name: string;
      /** Absent when Debian has none. */
      readonly debianPackage?: string;
      readonly why: string;
      /** Without it the lab is built all the same, and the checks that need it are skipped. */
      readonly optional?: true;
    };

/** The MTU that containers should have, by arithmetic. */
export interface MtuPrediction {
  /** Largest IP packet that passes between any two containers, in bytes. */
  readonly bytes: number;
  /**
   * By host, the largest that its own wire lets its containers send to another host, in bytes, and what their interfaces have:
   * absent where it is `bytes` for all. Between two hosts the smallest passes of theirs and of those that pass it on.
   */
  readonly ofHosts?: Readonly<Record<string, number>>;
  /** By which hosts frames go between others; absent where every two reach each other directly, or all carry the same. */
  readonly tree?: MeshTree;
  /** IP MTU of the underlay, in bytes. */
  readonly wireBytes: number;
  /** The subtraction in words, with its source. */
  readonly why: string;
  /**
   * Where only the far end's wire is smaller, a tunnel that tries sizes at random settles on less, by up to this share of the
   * difference between the two ends; absent where it does not.
   */
  readonly trialShare?: number;
  /** How long a tunnel that finds it by itself may take, in ms; absent where it holds from the first packet. */
  readonly settlesMs?: number;
}

/** What world sees of a container's traffic. */
export interface EgressExpectation {
  /** Kind of node that is the container's default gateway. */
  readonly gateway: 'host' | 'router' | 'none';
  readonly nat: boolean;
  readonly why: string;
}

/** What a strategy runs or loads beyond a bridge; compared with what is really found. */
export interface Infrastructure {
  /** Names of daemons (service names) the strategy runs. */
  readonly daemons: readonly string[];
  /** Listening sockets: `udp/4789`, `tcp/179`; `udp/ephemeral` for those that only send, whose port the kernel chooses. */
  readonly listeners: readonly string[];
  /** Kernel features beyond veth and bridge without which containers do not reach each other: `vxlan`. */
  readonly kernelFeatures: readonly string[];
  /** What only the way out to world needs: `nftables nat`. Shown, and no breach of `infrastructure-free`. */
  readonly forEgress?: readonly string[];
  /** What the scenario itself adds, such as services and their discovery: no matter of the strategy. */
  readonly aside?: { readonly daemons: readonly string[]; readonly listeners: readonly string[] };
}

/** What one more container adds to the lab: its own node, and what its host gets. */
export interface Attachment {
  readonly container: NodeState;
  /** Added to the host's state. */
  readonly host: {
    readonly links: readonly LinkState[];
    readonly routes?: readonly RouteState[];
    readonly neighbours?: readonly NeighbourState[];
    readonly fdb?: readonly FdbState[];
    readonly rules?: readonly RuleState[];
    readonly sysctls?: NodeState['sysctls'];
    /** Started when the container is there; ended with it or by their host, see {@link ServiceState.inside}. */
    readonly services?: readonly ServiceState[];
  };
}

/** Where containers are known by name. */
export interface Naming {
  /** A container is known as NAME.DOMAIN. */
  readonly domain: string;
  /** IPv4 address of the resolver that machines ask which have none by lease. */
  readonly resolver: string;
}

/** How long protocols may take until the network forwards, by their own timers. */
export interface Convergence {
  /** A built lab is measured as soon as its hosts' containers reach each other, and after this time in any case. */
  readonly deadlineMs: number;
  /** Which timers, with their source: `STP: 2 x forward delay of 15 s (IEEE 802.1D)`. */
  readonly why: string;
  /** Hosts that this design leaves cut off, as behind NAT: nobody waits for them. */
  readonly apart?: readonly string[];
}

/** How long flows may be interrupted that a design promises to bring back, by its protocols' own timers. */
export interface Recovery {
  readonly limitMs: number;
  /** Which timers, with their source. */
  readonly why: string;
}

/** After what: the loss of a link, of another host, and the reboot of the host itself. What is absent takes no protocol's time. */
export type Recoveries = Partial<Readonly<Record<'link' | 'host' | 'reboot', Recovery>>>;

/** A strategy with its parameters bound and its cluster resolved: pure functions of plain data. */
export interface Design {
  readonly cluster: Cluster;
  readonly mtu: MtuPrediction;
  readonly egress: EgressExpectation;
  readonly infrastructure: Infrastructure;
  readonly requirements: readonly Requirement[];
  /** Where others reach a port of a container, when that is not its own address and port: a published port. */
  published?(container: Container, port: number): { readonly address: string; readonly port: number };
  /** Absent where containers have no names. */
  readonly naming?: Naming;
  /** Absent where the network forwards as soon as its links are up. */
  readonly convergence?: Convergence;
  /** Absent where nothing has to find its way round. */
  readonly recovery?: Recoveries;
  /** Declarations that the parameters or the cluster change; the strategy's own where absent. */
  readonly promises?: Partial<Declarations>;
  /** Every node but the containers, without what {@link attach} adds to the hosts. */
  fabric(): readonly NodeState[];
  /**
   * One container of this design.
   * @param mtuBytes MTU of the container's interface; the predicted one when absent. When larger than predicted the
   *   host's end gets it too, so that the container is a probe that is not the first to cut the packet.
   */
  attach(container: Container, mtuBytes?: number): Attachment;
}

/** What of its parameters a strategy lets the machine decide, where the scenario leaves them open. */
export interface Adaptation<Parameters> {
  /** Names of the capability probes (lab/capabilities) that the choice depends on; none where nothing is open. */
  probes(parameters: Parameters): readonly string[];
  /**
   * Pure, like a strategy.
   * @param available the probes that found what they looked for on this machine
   */
  decide(parameters: Parameters, available: ReadonlySet<string>): readonly Decision[];
}

/** Containers that are kept apart from those of other groups, in a network of their own. */
export interface Group {
  readonly name: string;
  /** 0 for the first: its network is the cluster's, the others follow. */
  readonly index: number;
}

/** One way to give containers addresses across hosts. One file each; pure; registered in strategy/index.ts. */
export interface Strategy<Parameters = unknown> {
  readonly name: string;
  readonly title: string;
  /** Two or three sentences: how it works. */
  readonly summary: string;
  /** Where the recipe comes from. */
  readonly source: { readonly text: string; readonly url?: string };
  readonly parameters: ZodType<Parameters>;
  readonly promises: Declarations;
  /** Absent where the same parameters mean the same on every machine. */
  readonly adaptation?: Adaptation<Parameters>;
  /**
   * The address scheme that the parameters choose: what the rules for scenario files go by, and {@link design} too.
   * @param hosts how many the cluster has, for schemes that share a network out among them
   * @throws AddressError when its parts do not fit each other
   */
  addressing(parameters: Parameters, hosts: number): Addressing;
  /**
   * Resolves the scenario's cluster with this strategy's addresses.
   * @param group given only to strategies whose address scheme has networks for groups, see {@link Addressing.groupNetworks}
   * @throws AddressError when a slice cannot hold its containers
   */
  design(scenario: Scenario, parameters: Parameters, group?: Group): Design;
}
