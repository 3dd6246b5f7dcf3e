/** The part of a node's state that runs: daemons, commands that configure, and what of them switches frames. */
import type { FdbState, LinkEnd, RouteState } from './network-state.js';

/** Where the files of a node's services are: inside the sandbox, below its own /run. */
export const servicesRoot = '/run/netlab/nodes';

/**
 * The folder of one service: its files, sockets and state. Nothing of a service is anywhere else. The lab makes those of
 * all services of a node before it starts the first one.
 */
export function serviceFolder(node: string, service: string): string {
  return `${servicesRoot}/${node}/${service}`;
}

/** The condition under which a service counts as ready. */
export type ReadyCondition =
  | { readonly kind: 'tcp'; readonly address: string; readonly port: number }
  /** It exists; a socket takes connections. */
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'log'; readonly pattern: string }
  /** An interface of that name exists in the node: a tunnel daemon has made it. */
  | { readonly kind: 'link'; readonly link: string }
  /** It has ended with exit code 0: a command that configures, no daemon. */
  | { readonly kind: 'done' }
  | { readonly kind: 'started' };

/** A port of a bridge that a daemon forwards for. */
export interface SwitchPort {
  readonly name: string;
  /** The other end of its tunnel; absent for an interface of the node itself. */
  readonly peer?: LinkEnd;
  /** As the daemon calls it: `gre`. */
  readonly type?: string;
  /** As the daemon calls them: `remote_ip` to `172.16.0.2`. */
  readonly options?: Readonly<Record<string, string>>;
}

/** A bridge that is none of the kernel's: a daemon forwards for it. */
export interface SwitchBridge {
  readonly name: string;
  readonly spanningTree: 'off' | 'stp' | 'rstp';
  /** Seconds; of its spanning tree. */
  readonly forwardDelaySeconds: number;
  readonly ports: readonly SwitchPort[];
}

/** What a daemon is told to switch, and where it can be asked what it does. */
export interface SwitchState {
  readonly program: 'openvswitch';
  /** The folder of its sockets: `db.sock` is its database's, `BRIDGE.mgmt` speaks OpenFlow. */
  readonly folder: string;
  readonly bridges: readonly SwitchBridge[];
}

/** What a routing daemon tells one neighbour, in one family. */
export interface RoutingSession {
  /** As the daemon calls it. */
  readonly name: string;
  /** Node that the session is with. */
  readonly peer: string;
  /** Address of that node. */
  readonly neighbour: string;
  /** Prefixes that the neighbour is to be told of; it may be told of more. */
  readonly announces: readonly string[];
}

/** What a routing daemon is to do, and where it can be asked what it does. */
export interface RoutingState {
  readonly program: 'bird';
  /** Its control socket. */
  readonly control: string;
  readonly sessions: readonly RoutingSession[];
  /** Routes that it puts into the node's main table once its neighbours have told it of them; it may put more there. */
  readonly learns: readonly RouteState[];
}

/** What a control plane is to put into the forwarding table of one VXLAN device. */
export interface ForwardingAgent {
  readonly link: string;
  /** Entries that are there once the other hosts have told of themselves; there may be more. */
  readonly learns: readonly FdbState[];
  /** Where addresses are that may have an entry, or none yet. */
  readonly knows: readonly FdbState[];
}

/** How a lease client is watched and driven. */
export interface LeaseClient {
  /** Interface that has the lease. */
  readonly link: string;
  readonly family: 'ipv4' | 'ipv6';
  /** File in which it writes down what it was given: JSON as in dhcp-ip-per-container.txt; not there without a lease. */
  readonly record: string;
  /** Signal on which it renews its lease at once; absent when it knows none. */
  readonly renewSignal?: 'SIGUSR1';
}

/** A daemon that runs in the foreground inside a node, supervised. */
export interface ServiceState {
  readonly name: string;
  /** Node in whose network namespace it runs, when that is another than the one it belongs to, as a host's DHCP client does in a container. */
  readonly inside?: string;
  /** Node with whose end it ends, beside the one it belongs to: what a host does for one of its containers. */
  readonly until?: string;
  /** Program without which it is left out of the lab, instead of the lab being refused. */
  readonly requires?: string;
  /** It is the client that gets and keeps a lease for an interface of the node that it runs inside of. */
  readonly lease?: LeaseClient;
  readonly argv: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its tools look for it, beside what it really is: `/run/bird` to its folder. Whoever enters the node finds it there. */
  readonly usualPaths?: Readonly<Record<string, string>>;
  /** Files written before the start: path inside the sandbox to content. */
  readonly files?: Readonly<Record<string, string>>;
  /** Names in its folder of what is still there after a reboot, as on a disk: keys, a database of leases. All else is gone. */
  readonly keeps?: readonly string[];
  readonly ready: ReadyCondition;
  readonly readyTimeoutMs: number;
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long the stop signal may take before SIGKILL. */
  readonly stopGraceMs: number;
  /** Of a daemon that is a switch: its bridges, which the kernel knows nothing of. */
  readonly switch?: SwitchState;
  /** Of a daemon that routes: its sessions, and the routes that the kernel has from it. */
  readonly routing?: RoutingState;
  /** Of a control plane: the forwarding entries that the kernel has from it. */
  readonly forwarding?: ForwardingAgent;
}
