/** Bridges that a daemon forwards for, and not the kernel, as the daemon tells of them. */
import type { ObservedLink } from './observed.js';

export type PortState = NonNullable<ObservedLink['portState']>;

export interface ObservedSwitchPort {
  readonly name: string;
  /** As the daemon calls it: `gre`; empty for an interface of the node. */
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
  /** Of its spanning tree; absent where it has none, and then it forwards. */
  readonly portState?: PortState;
  /** Of its spanning tree: `root`, `designated`, `alternate`, `backup`, `disabled`. */
  readonly role?: string;
}

export interface ObservedSwitch {
  readonly name: string;
  /** Absent where none runs. */
  readonly spanningTree?: ObservedSpanningTree;
  readonly ports: readonly ObservedSwitchPort[];
  /** Why nothing is known of it: the daemon does not answer, or has no such bridge. */
  readonly problem?: string;
}

export interface ObservedSpanningTree {
  readonly protocol: 'stp' | 'rstp';
  /** MAC of the bridge, as far as the protocol knows it. */
  readonly bridgeMac: string;
  /** MAC of the bridge that it takes for the root. */
  readonly rootMac: string;
  readonly isRoot: boolean;
}

/** What went through a port since it was made. */
export interface SwitchPortCounters {
  readonly bridge: string;
  readonly port: string;
  readonly rxBytes: number;
  readonly txBytes: number;
}

/** The bridges that services of one node forward for. */
export interface NodeSwitches {
  /** As the plan has them, with what their services tell of each now; empty where there are none. */
  observe(): Promise<readonly ObservedSwitch[]>;
  /** @throws LabError when a service does not answer */
  count(): Promise<readonly SwitchPortCounters[]>;
  /** Lets a port receive and send, or neither. @throws LabError when there is none of that name */
  open(port: string, isOpen: boolean): Promise<void>;
  /** Has them forget which address is behind which port. */
  forgetPaths(): Promise<void>;
}
