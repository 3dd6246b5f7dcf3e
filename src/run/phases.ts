import type { RunEvent } from '../result/events.js';
import type { Phase } from '../result/result.js';

/** The phases of a run, timed, and told of as they begin and end. */
export class Phases {
  readonly #ended: Phase[] = [];
  readonly #emit: (event: RunEvent) => void;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  get ended(): readonly Phase[] {
    return this.#ended;
  }

  /** Runs `work` as a phase; its time counts also when it fails. */
  async run<T>(name: Phase['name'], work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    this.#emit({ type: 'phase-started', phase: name });
    try {
      return await work();
    } finally {
      const durationMs = performance.now() - startedMs;
      this.#ended.push({ name, durationMs });
      this.#emit({ type: 'phase-ended', phase: name, durationMs });
    }
  }
}
