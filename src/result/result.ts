import type { Environment, LeakProof } from '#lab/machine.js';
import type { Declaration, PromiseName } from '../declaration/promise.js';
import type { DesignFacts, MissingNeed } from './design.js';
import type { RecoveryFact } from './recovery-fact.js';
import type { FollowUpFacts } from './follow-up-facts.js';

export type { Environment, LeakProof };

/** How a check ended. */
export type Verdict = 'pass' | 'fail' | 'skip' | 'error' | 'inconclusive' | 'not applicable';

/**
 * What the matrix shows: a promise as declared against the promise as measured. `not applicable`: what it is about cannot
 * exist in this cluster, such as pairs of containers where there is one.
 */
export type Cell = 'kept' | 'BROKEN' | 'absent' | 'extra' | 'unverified' | 'not applicable';

/** A number or a fact that a check measured. `name` is stable; units are in it (`goodputBitsPerSecond`). */
export interface Observation {
  readonly name: string;
  readonly value: string | number | boolean | null;
  /** What it was measured on: a node, a pair `h1c1 -> h2c1`, a link `h1:eth1`. */
  readonly subject?: string;
}

/** Why a check failed: what was sent, expected, seen, by whom. */
export interface Evidence {
  /** One sentence that names the node. */
  readonly message: string;
  /** Node, or node:link, that is to blame, when that can be known. */
  readonly where?: string;
  readonly expected?: string;
  readonly seen?: string;
}

/** What a check found. */
export interface CheckOutcome {
  readonly verdict: Verdict;
  /** One line for people: what was measured. */
  readonly summary: string;
  /** How much of what could be probed was probed: `all 12 ordered pairs`. */
  readonly coverage?: string;
  readonly observations: readonly Observation[];
  readonly evidence: readonly Evidence[];
  /** Why there is no pass or fail. */
  readonly reason?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
}

export interface CheckResult extends CheckOutcome {
  readonly id: string;
  readonly durationMs: number;
}

export interface PromiseResult {
  readonly promise: PromiseName;
  readonly declared: Declaration['declared'];
  readonly why: string;
  readonly verdict: Verdict;
  readonly cell: Cell;
  readonly checks: readonly CheckResult[];
}

/** Something that was broken on purpose while the promises were measured. */
export interface FaultFact {
  /** As the command line says it: `link-down h1:eth1 cable`. */
  readonly fault: string;
  /** How it was seen to have taken effect. */
  readonly seen: string;
}

/** A phase of a run and how long it took. */
export interface Phase {
  /** `converge` only where protocols take their time, `break` only where the scenario has faults. */
  readonly name: 'plan' | 'sandbox' | 'build' | 'converge' | 'break' | 'verify' | 'teardown';
  readonly durationMs: number;
}

/** The whole result of a run: the JSON document that every report is rendered from. */
export interface RunResult {
  readonly schemaVersion: 1;
  readonly netlabVersion: string;
  readonly scenario: string;
  /**
   * Words of a command line that name the scenario as it was given, and vary it: `./mine.yaml --hosts 3`; `-` is standard
   * input. Absent for a running lab, and in results of older ones.
   */
  readonly given?: readonly string[];
  /**
   * Words of the command line beside these and `--strict`, for whoever wants the same again: `--only path-mtu --out reports`.
   * Absent where there were none, and in results of older ones.
   */
  readonly options?: readonly string[];
  readonly strategy: string;
  /** Name of the running lab that was measured; absent for a run, whose lab is gone. */
  readonly lab?: string;
  readonly startedAt: string;
  /** False when the run was cut short (Ctrl-C, a failed build). */
  readonly complete: boolean;
  readonly environment: Environment;
  readonly plan: {
    readonly digest: string;
    readonly mtuBytes: number;
    readonly hosts: number;
    readonly containers: number;
  };
  /** Absent in results of netlab 0.1.0. */
  readonly design?: DesignFacts;
  readonly promises: readonly PromiseResult[];
  /** How the lab differed from its plan: evidence, never a verdict. */
  readonly drift: readonly string[];
  /** What was broken on purpose meanwhile; absent when nothing was. */
  readonly faults?: readonly FaultFact[];
  /** The lab had been mended a short time before; absent otherwise. */
  readonly recovery?: RecoveryFact;
  /** Lost packets that were followed; absent when there was none. */
  readonly followUps?: FollowUpFacts;
  readonly phases: readonly Phase[];
  readonly leaks: LeakProof | null;
  /** What went wrong with the lab or with netlab itself. */
  readonly failure?: { readonly message: string; readonly remedy?: string };
  /** What the strategy needs and this machine has not got: then nothing was built. */
  readonly missing?: readonly MissingNeed[];
  /** What is promised and unverified counts for the exit code. */
  readonly strict?: boolean;
  readonly exitCode: number;
}
