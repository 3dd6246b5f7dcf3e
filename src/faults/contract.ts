import type { Lab, Remembered } from '#lab/lab.js';
import type { Plan } from '../plan/plan.js';
import type { FaultSpec } from '../scenario/fault.js';
import type { Requirement } from '../strategy/contract.js';

/** What a fault gets to work with. */
export interface FaultContext {
  readonly plan: Plan;
  readonly lab: Lab;
  readonly signal: AbortSignal;
  /** How a node was before any fault reached it; undefined where none has. Absent where there are no other faults. */
  readonly before?: (node: string) => Remembered | undefined;
}

/** A fault that is there. */
export interface Applied {
  /** How it was seen to have taken effect: `h1:eth1 has no carrier`. */
  readonly seen: string;
  /**
   * Undoes it. May be called again after it has failed, and when others have changed what it finds.
   * @returns how it was seen to be gone
   * @throws LabError when it is not
   */
  mend(): Promise<string>;
}

/** Why a fault cannot be: it names something that is not there. */
export interface FaultProblem {
  readonly message: string;
  readonly remedy?: string;
}

/** One way in which a network breaks. One file each; registered in faults/index.ts. */
export interface Fault<Spec extends FaultSpec> {
  readonly name: Spec['fault'];
  /** What breaks, in one sentence. */
  readonly title: string;
  /** What the machine must have for it. */
  readonly needs: readonly Requirement[];
  /** What is wrong with it in a lab that is built by this plan; undefined when nothing is. Pure. */
  problem(spec: Spec, plan: Plan): FaultProblem | undefined;
  /** What of the lab it changes, in words: a second fault that changes the same is refused, since neither could be mended alone. Pure. */
  subject(spec: Spec, plan: Plan): string;
  /** @throws LabError when it does not take effect; nothing of it is left then */
  apply(spec: Spec, context: FaultContext): Promise<Applied>;
}
