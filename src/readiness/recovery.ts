/** After a mend: protocols need their time to find back, and what is measured meanwhile says nothing of the design. */
import type { Lab } from '#lab/lab.js';
import type { Plan } from '../plan/plan.js';
import type { RecoveryFact } from '../result/recovery-fact.js';
import { converge } from './converge.js';

/** What a waiting measurement tells. */
export type Tell = (text: string) => void;

interface Pending {
  readonly mended: readonly string[];
  readonly sinceMs: number;
  readonly allowedMs: number;
  readonly why: string;
}

/** Remembers that a lab is recovering, since when, and how long its design allows. */
export class LabRecovery {
  #pending: Pending | undefined;

  /**
   * The lab has been mended just now. Nothing is remembered where the design has no timers: then it is whole at once.
   * @param mended the faults, as the command line says them
   */
  begin(plan: Plan, mended: readonly string[]): void {
    const longest = longestTimer(plan);
    if (mended.length === 0 || longest === undefined) return;
    const before = this.#stillPending()?.mended ?? [];
    this.#pending = {
      mended: [...before, ...mended],
      sinceMs: performance.now(),
      allowedMs: longest.limitMs,
      why: longest.why,
    };
  }

  /**
   * Waits until a container of each host reaches one of each other, or until the time that the design allows is over. Comes
   * back at once where the lab is not recovering, or has had its time.
   * @param plan what is there now
   * @param tell is told what is waited for, once; not where all is back already
   */
  async awaited(plan: Plan, lab: Lab, signal: AbortSignal, tell: Tell): Promise<RecoveryFact | undefined> {
    const pending = this.#stillPending();
    if (pending === undefined) return undefined;
    const { sinceMs, ...known } = pending;
    const restMs = sinceMs + pending.allowedMs - performance.now();
    const { ms: waitedMs, missing } = await converge(plan, lab, signal, {
      deadlineMs: restMs,
      onMissing: () => tell(wordsOf(pending)),
    });
    // A new fault may have been mended meanwhile.
    if (this.#pending === pending) this.#pending = undefined;
    return { ...known, waitedMs, missing };
  }

  #stillPending(): Pending | undefined {
    const pending = this.#pending;
    return pending !== undefined && performance.now() < pending.sinceMs + pending.allowedMs ? pending : undefined;
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

function wordsOf({ mended, sinceMs, allowedMs, why }: Pending): string {
  const ago = seconds(performance.now() - sinceMs);
  return `the lab to recover from ${mended.join(', ')}: mended ${ago} ago, ${seconds(allowedMs)} allowed (${why})`;
}

/** The longest that the design's protocols may take to find back, from whatever it was. */
function longestTimer({ convergence, recovery = {} }: Plan): { limitMs: number; why: string } | undefined {
  const first = convergence === undefined ? [] : [{ limitMs: convergence.deadlineMs, why: convergence.why }];
  const all = [...first, ...Object.values(recovery)].toSorted((a, b) => b.limitMs - a.limitMs);
  return all[0];
}
