/** Labs that have ended without being told to, and how that came. */
import { uptime } from 'node:os';
import { LabError } from '../errors.js';
import { lastLines } from '../sandbox/last-words.js';
import type { LabEntry } from './entry.js';

/** A lab whose process is gone, as its entry in the registry was when it was removed. */
export interface EndedLab {
  readonly entry: LabEntry;
  /** A `netlab down` was ending it: nothing that needs to be told. */
  readonly asked: boolean;
  /** The end of what its process 1 has printed. */
  readonly log: string;
}

/** Clocks are set at boot: a lab that seems to be just a little older than the boot may be younger. */
const CLOCK_SLACK_MS = 60_000;

/** `lab look is not running any more: ...`, with its last words, if any, in lines of their own. */
export function describeEnd({ entry, asked, log }: EndedLab): string {
  const how = asked ? 'netlab down was ending it' : whatHappened(entry);
  const words = lastLines(log);
  return `lab ${entry.name} is not running any more: ${how}${words === '' ? '' : `. It said:${words}`}`;
}

function whatHappened({ state, startedAt, process: { pid } }: LabEntry): string {
  const bootedAt = Date.now() - uptime() * 1000;
  if (Date.parse(startedAt) < bootedAt - CLOCK_SLACK_MS) return 'the machine was restarted meanwhile';
  return state === 'starting'
    ? `netlab up (process ${pid}) was killed before it was built`
    : `its process ${pid} was killed (kill -9, out of memory) or failed`;
}

/** For commands that need the lab. */
export function endedError(ended: EndedLab): LabError {
  return new LabError(describeEnd(ended), {
    remedy: `Its entry is removed. Start it again: netlab up SCENARIO --name ${ended.entry.name}`,
  });
}
