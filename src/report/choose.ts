/** Which reporters a command needs. */
import type { Reporter } from '../result/events.js';
import type { Phase } from '../result/result.js';
import { eventLines } from './events.js';
import { fittedTo } from './fitted-output.js';
import { jsonReporter } from './json.js';
import { linesReporter } from './lines.js';
import { multiplexer } from './multiplexer.js';
import { progressReporter } from './progress.js';
import type { Style } from './style.js';
import { terminalReporter } from './terminal.js';
import { waitLines } from './waits.js';

/** What the user asked for, and where it goes. */
export interface ReportRequest {
  /** `json` and `events` are for programs: nothing else goes to stdout then. */
  readonly format: 'human' | 'json' | 'events';
  readonly verbose: boolean;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** How to write to stdout. */
  readonly style: Style;
  /** The phases that the command goes through, in order. */
  readonly phases: readonly Phase['name'][];
  /** Which netlab says it: each event has it. */
  readonly netlabVersion: string;
}

function reportersFor(request: ReportRequest): readonly Reporter[] {
  const { format, verbose, stdout, style, phases, netlabVersion } = request;
  const stderr = fittedTo(request.stderr, style.command ?? 'netlab');
  const details = verbose ? [linesReporter(stderr)] : [];
  const waits: Reporter = { onEvent: waitLines(stderr) };
  if (format === 'json') return [...details, waits, jsonReporter(stdout)];
  if (format === 'events') return [...details, eventLines(stdout, netlabVersion)];
  // Two writers to one terminal would overwrite each other: with --verbose the lines are the progress.
  const live = stdout.isTTY && style.unicode && !verbose ? [progressReporter(stdout, phases)] : [waits];
  return [...details, ...live, terminalReporter(stdout, style, verbose)];
}

/** One reporter for all that the user asked for. A part of it that fails says so on stderr and stops nothing. */
export function chooseReporter(request: ReportRequest): Required<Reporter> {
  return multiplexer(reportersFor(request), (_, error) => {
    const why = error instanceof Error ? error.message : String(error);
    request.stderr.write(`netlab: a report failed: ${why}\n`);
  });
}
