/** `--verbose` where there is no terminal: a short line for each thing that happens. */
import type { Reporter, RunEvent } from '../result/events.js';
import { writeText } from './output.js';
import type { Output } from './output.js';
import { printable } from './style.js';
import { formatDuration } from './text.js';

/** The line of an event; undefined for those that say nothing new. */
function lineOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'run-started':
      return `run ${event.scenario}: strategy ${event.strategy}`;
    case 'phase-ended':
      return `${event.phase}: done in ${formatDuration(event.durationMs)}`;
    case 'check-ended':
      return `${event.promise}: ${event.result.verdict} in ${formatDuration(event.result.durationMs)}: ${event.result.summary}`;
    case 'leaks-checked':
      return `leaks: ${event.leaks.leftovers.join('; ') || 'none'}`;
    default:
      return undefined;
  }
}

export function linesReporter(output: Output): Reporter {
  return {
    onEvent(event) {
      const line = lineOf(event);
      if (line !== undefined) void writeText(output, `${printable(line)}\n`);
    },
  };
}
