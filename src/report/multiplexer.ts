/** Many reporters as one. */
import type { Reporter } from '../result/events.js';

/** Hears of a reporter that failed: its place in the list, and why. */
export type ReporterTrouble = (index: number, error: unknown) => void;

/**
 * Calls every reporter, in their order. One that fails is left out from then on and told of once; neither the run nor
 * the others notice. `onEnd` waits for one after the other, so that what they write does not mix.
 */
export function multiplexer(reporters: readonly Reporter[], onTrouble: ReporterTrouble): Required<Reporter> {
  const failed = new Set<Reporter>();
  const working = (): readonly [number, Reporter][] => [...reporters.entries()].filter(([, one]) => !failed.has(one));
  const leaveOut = (index: number, reporter: Reporter, error: unknown): void => {
    failed.add(reporter);
    onTrouble(index, error);
  };
  return {
    onEvent(event) {
      for (const [index, reporter] of working())
        try {
          reporter.onEvent?.(event);
        } catch (error) {
          leaveOut(index, reporter, error);
        }
    },
    async onEnd(result) {
      for (const [index, reporter] of working())
        try {
          await reporter.onEnd?.(result);
        } catch (error) {
          leaveOut(index, reporter, error);
        }
    },
  };
}
