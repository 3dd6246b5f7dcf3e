/** Whether what lies in the registry is an entry: it names processes that `down` ends, and folders that are removed. */
import type { ProcessIdentity } from '../processes.js';

export interface LabEntry {
  readonly name: string;
  readonly mark: string;
  /** `starting` while `up` builds it: then the process is the one that builds. */
  readonly state: 'starting' | 'up';
  /** What the lab's life hangs on. */
  readonly process: ProcessIdentity;
  /** Process 1 of the lab, as this machine numbers it; 0 while it starts. */
  readonly initPid: number;
  readonly scenario: string;
  readonly strategy: string;
  readonly startedAt: string;
  readonly hosts: number;
  readonly containers: number;
}

/** A name is a folder's name; the mark is what everything of a lab is found by. */
export function isEntryOf(name: string, found: unknown): found is LabEntry {
  if (!isRecord(found) || found['name'] !== name) return false;
  const { process: holder, state, initPid } = found;
  const words = ['mark', 'scenario', 'strategy', 'startedAt'].every((key) => isWord(found[key]));
  const counts = ['hosts', 'containers'].every((key) => isCount(found[key]));
  return words && counts && isState(state) && isCount(initPid) && isRecord(holder) && isProcess(holder);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isWord = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isState = (value: unknown): value is LabEntry['state'] => value === 'starting' || value === 'up';

/** kill(2) takes 0 and negative numbers for groups of processes: no lab hangs on those. */
const isProcess = ({ pid, startTicks }: Readonly<Record<string, unknown>>): boolean =>
  isCount(pid) && pid > 0 && Number.isSafeInteger(startTicks);
