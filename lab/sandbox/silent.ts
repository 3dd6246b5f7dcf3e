/** Process 1 of a sandbox that says nothing any more. */
import { LabError } from '../errors.js';
import { isStopped } from '../processes.js';

/** @param who `lab "look"`, `the lab` */
export function silentError(who: string, pid: number, remedy?: string): LabError {
  const words = isStopped(pid)
    ? `${who} does not answer: its process ${pid} is stopped (SIGSTOP)`
    : `${who} does not answer: its process ${pid} gives no sign of life`;
  return new LabError(words, remedy === undefined ? {} : { remedy });
}
