/**
 * A running lab as checks see it: what a node really has, sockets inside it, and ways to change it. It is made of messages,
 * so that the node need not be in this process, nor on this machine: whatever asks is a promise of data, or of a handle that
 * is made of messages itself; what answers nothing is sent; what happens later is an event of a handle (`on...`). Nothing
 * but data is given and taken, and nothing is answered within the same turn of the event loop. What the asking side knows by
 * itself are the nodes, and the state that each was asked to have.
 */
import type { Argv, Exit } from './machine/command-line.js';
import type { ToolOutput } from './process.js';
import type { NodeSockets } from './sockets.js';
import type { NodeState, ServiceState } from './state.js';
import type { ObservedListener, ObservedNode, ObservedProcess } from './observed.js';
import type { Missing, Remembered, RestoreLimits } from './remembered.js';
import type { ObservedRouting } from './routing.js';
import type { NodeSwitches } from './switches.js';
import type { MachineTurn, NeighbourTable, Turn } from './turns.js';
import type { Waits } from './waits.js';

export type * from './observed.js';
export type { NeighbourTable, NeighbourWindow } from './turns.js';
export type { Missing, Remembered, RestoreLimits } from './remembered.js';
export type { LockHolder, Waits } from './waits.js';

/** A service that was started, as it was when it was asked for. */
export interface LabService {
  /** Node that it belongs to. */
  readonly node: string;
  readonly state: ServiceState;
  /** Of its first process, the one that was started. */
  readonly pid: number;
  /** When it was asked for: ask again to see it end. */
  readonly isRunning: boolean;
}

/** A service that ended although nobody stopped it. */
export interface DeadService {
  readonly node: string;
  readonly service: string;
  /** `SIGKILL`, `exit code 1`. */
  readonly how: string;
}

/** No more than so much leaves by a link. */
export interface RateLimit {
  /** With Ethernet headers. */
  readonly bytesPerSecond: number;
  /** What may leave at once after a silence; at least one frame. */
  readonly burstBytes: number;
  /** What waits until it may leave; more is dropped. */
  readonly queueBytes: number;
}

/** A program that was started in a node; what it prints is thrown away. */
export interface LabProgram {
  /** Signals its process group; nothing happens when that has ended. */
  kill(signal: NodeJS.Signals): void;
  /** Answers when it has ended. */
  ended(): Promise<Exit>;
}

export interface LabNode {
  readonly state: NodeState;
  readonly sockets: NodeSockets;
  /** Bridges that services of this node forward for. */
  readonly switches: NodeSwitches;
  observe(): Promise<ObservedNode>;
  /** Reads a file as a process in the node would: /proc/sys/net and /proc/net are the node's own. */
  readFile(path: string): Promise<string>;
  /** Values by name, `net.ipv4.ip_forward`; those that the kernel has not got are left out. */
  sysctls(names: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** The nftables ruleset as the kernel has it now, without counters; empty when there is none. */
  ruleset(): Promise<string>;
  /** What the node's routing daemons say of themselves; empty without any. */
  routing(): Promise<readonly ObservedRouting[]>;
  /** Runs a program in the node's network to its end. @throws ToolError when that is not 0, or late */
  run(argv: Argv, options: { readonly timeoutMs: number }): Promise<ToolOutput>;
  /** Starts a program of the machine in the node's network; whoever starts it ends it. */
  start(argv: Argv): Promise<LabProgram>;
  /** Without a change: has the kernel notice a carrier that came or went. */
  setLink(link: string, change: { readonly up?: boolean; readonly mtuBytes?: number }): Promise<void>;
  /**
   * Limits what leaves by a link, or ends that; a link without a limit is no error then.
   * @throws NetlinkError when the link has a queueing discipline already, or the kernel has no token bucket
   */
  limitRate(link: string, limit: RateLimit | undefined): Promise<void>;
  /** Addresses, routes, neighbours, MTUs and interfaces' sysctls as they are now, so that they can be put back. */
  remember(): Promise<Remembered>;
  /** Puts back what of that is not there now; what cannot be is no error here. */
  restore(before: Remembered, limits: RestoreLimits): Promise<void>;
  /** What of that is not there now. */
  missing(before: Remembered): Promise<readonly Missing[]>;
  /** Has the kernel carry out nftables commands, as `nft -f` reads them. @throws LabError in the words of nft */
  changeRules(commands: string): Promise<void>;
  /** A table with its counters, as nft prints it: `netdev NAME`. @returns undefined when there is none */
  rules(table: string): Promise<string | undefined>;
  /** Deletes learned neighbour entries of these addresses (all learned ones when absent); those already gone are no error. */
  forgetNeighbours(addresses?: readonly string[]): Promise<void>;
  /** Forgets what probes made the kernel learn: route exceptions, TCP metrics, FDB entries of bridges and VXLAN devices. */
  forgetPaths(): Promise<void>;
}

export interface Lab {
  readonly nodes: ReadonlyMap<string, LabNode>;
  /** @throws LabError when there is no such node */
  node(name: string): LabNode;
  /**
   * Adds to the lab: nodes that do not exist are made; of a node that exists only what is new in the given state is added.
   * @throws NetlinkError naming node, object and the kernel's words
   */
  apply(states: readonly NodeState[]): Promise<void>;
  /** Destroys nodes with everything in them; the far ends of their cables go too. */
  remove(names: readonly string[]): Promise<void>;
  /**
   * As when the power of machines fails: their carriers are lost at once, then their processes are killed, and they are
   * gone with all that they had but what services keep ({@link ServiceState.keeps}).
   */
  crash(names: readonly string[]): Promise<void>;
  /**
   * Starts a service once more, and gives the links that it makes what the node's state says of them.
   * @throws LabError when there is no such service or it does not get ready
   */
  restart(node: string, service: string): Promise<void>;
  /** Processes in the sandbox other than netlab's own. */
  processes(): Promise<readonly ObservedProcess[]>;
  /** Services that were started, those that configure something and end left out. Those of a node that is removed go with it. */
  services(): Promise<readonly LabService[]>;
  /** Signals the first process of a service alone. @returns false when it has ended */
  signal(service: LabService, signal: NodeJS.Signals): Promise<boolean>;
  listeners(): Promise<readonly ObservedListener[]>;
  /** Settles when the first service of this lab ends although nobody stopped it; never where all run on. */
  firstDeath(): Promise<DeadService>;
  /**
   * A second, empty lab in the same sandbox, with nodes, names and service folders of its own: for a check that has to
   * build another cluster. Whoever asked for it removes what it put there.
   */
  beside(): Promise<Lab>;
  /** The neighbour table is the whole machine's: a window of it, see facts in machine/neighbour-table.ts. */
  readonly neighbourTable: NeighbourTable;
  waits(): Promise<Waits>;
  /** Asks to be alone on the machine among all labs, for throughput and outage: see `exclusively` in turns.ts. */
  askForMachine(): Promise<Turn<MachineTurn, null>>;
}
