/** What can be asked of a running sandbox: method name to parameters and result. */
import type { ObservedNode } from '#lab/lab.js';
import type { ObservedRouting } from '#lab/routing.js';
import type { NodeState } from '#lab/state.js';
import type { Broken } from '../faults/breakage.js';
import type { Drift } from '../plan/drift.js';
import type { Plan } from '../plan/plan.js';
import type { PromiseName } from '../declaration/promise.js';
import type { FollowUpFacts } from '../result/follow-up-facts.js';
import type { RecoveryFact } from '../result/recovery-fact.js';
import type { FaultFact, PromiseResult } from '../result/result.js';
import type { FaultSpec } from '../scenario/fault.js';
import type { LeaseRecord } from '../probes/lease-record.js';

export interface BuildRequest {
  /** What is measured from now on. */
  readonly plan: Plan;
  /** What of it is to be built now, where the rest is there already; all of it when absent. */
  readonly nodes?: readonly NodeState[];
}

/** Nodes without a plan: a benchmark's bare wire. */
export interface ApplyRequest {
  readonly nodes: readonly NodeState[];
}

export interface BreakRequest {
  readonly faults: readonly FaultSpec[];
  /** Gives protocols the time that they need to find their way round, as after a build. */
  readonly settle: boolean;
}

export interface MendRequest {
  /** Faults as the command line says them: `link-down h1:eth1 cable`; all when absent. */
  readonly faults?: readonly string[];
}

export type { Broken } from '../faults/breakage.js';
export type { Mended } from '../faults/mended.js';

export interface VerifyRequest {
  /** Promises to measure; every one of the plan's scenario when absent. */
  readonly only?: readonly PromiseName[];
  /** `here`: without the checks that build labs of their own, which `verify-beside` measures; all of them when absent. */
  readonly parts?: 'all' | 'here';
}

export interface VerifyReport {
  readonly promises: readonly PromiseResult[];
  readonly drift: readonly string[];
  /** What was broken on purpose meanwhile. */
  readonly faults: readonly FaultFact[];
  readonly followUps: FollowUpFacts;
  /** The lab had been mended a short time before; absent otherwise. */
  readonly recovery?: RecoveryFact;
  /** False when it was cut short. */
  readonly complete: boolean;
}

export interface Description {
  readonly plan: Plan;
  /** In the order in which it was broken. */
  readonly broken: readonly Broken[];
  /** Nodes of the plan that are not there now: their host has crashed. */
  readonly gone: readonly string[];
}

/** Descriptors of process 1 that lead into a node: /proc/PID/fd/N names each of them for nsenter. */
export interface NodeEntrance {
  readonly networkFd: number;
  readonly mountsFd: number;
  readonly utsFd: number;
}

export interface NodeReport {
  readonly planned: NodeState;
  readonly observed: ObservedNode;
  readonly drift: readonly Drift[];
  /** What its routing daemons say. */
  readonly routing: readonly ObservedRouting[];
  /** What the clients of its leases have written down; empty without a lease. */
  readonly leases: readonly LeaseRecord[];
  /** Descriptor of the node's network namespace in process 1: /proc/PID/fd/N names it for nsenter. */
  readonly namespaceFd: number;
}
