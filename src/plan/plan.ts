import type { NodeState } from '#lab/state.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Declarations } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import type {
  Convergence,
  EgressExpectation,
  Group,
  Infrastructure,
  MtuPrediction,
  Naming,
  Recoveries,
  Requirement,
} from '../strategy/contract.js';

/** Where a node is reached in the cluster: what probes aim at. */
export interface Endpoint {
  readonly node: string;
  readonly role: 'host' | 'container' | 'outsider' | 'world';
  /** The host that runs it; containers only. */
  readonly host?: string;
  /** The interface that carries the addresses. */
  readonly link: string;
  readonly mac?: string;
  readonly ipv4: string;
  readonly ipv6?: string;
}

/** A group's own containers at its own addresses, with what is around them. */
export interface GroupPlan {
  readonly group: Group;
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly endpoints: readonly Endpoint[];
}

/** A TCP port of a container that others reach at another address and port. */
export interface PublishedPort {
  readonly container: string;
  /** At which the container serves. */
  readonly port: number;
  /** Of its host, IPv4. */
  readonly address: string;
  readonly hostPort: number;
}

/** Everything that a backend needs to build the lab and a check needs to measure it. Plain data, JSON in and out. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly scenario: Scenario;
  readonly strategy: {
    readonly name: string;
    readonly title: string;
    /** Every parameter, those with their defaults that the scenario leaves out included. */
    readonly parameters: Readonly<Record<string, unknown>>;
  };
  readonly cluster: Cluster;
  readonly promises: Declarations;
  readonly requirements: readonly Requirement[];
  readonly mtu: MtuPrediction;
  readonly egress: EgressExpectation;
  readonly infrastructure: Infrastructure;
  /** Absent where containers have no names. */
  readonly naming?: Naming;
  /** Absent where every container is reached at its own ports. */
  readonly published?: readonly PublishedPort[];
  /** Absent where the network forwards as soon as its links are up. */
  readonly convergence?: Convergence;
  /** Absent where nothing has to find its way round. */
  readonly recovery?: Recoveries;
  readonly endpoints: readonly Endpoint[];
  /** The cluster as each of its groups sees it; absent where the scenario names none. */
  readonly groups?: readonly GroupPlan[];
  /** The group whose view of the plan this is; only in what {@link groupViews} makes. */
  readonly group?: Group;
  readonly nodes: readonly NodeState[];
  /** sha256 of the canonical JSON of all the above, in hexadecimal. */
  readonly digest: string;
}
