import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#lab/errors.js';
import { type LeakProof, proveClean, snapshotMachine } from '#lab/machine.js';
import { isAlive, namespacesOf } from '#lab/processes.js';
import {
  connectLab,
  describeEnd,
  findLab,
  forgetLab,
  type LabEntry,
  listLabs,
  markEnding,
  sweepLabs,
} from '#lab/registry.js';
import type { BuildReport } from '../inside/requests.js';

const ASK_TIMEOUT_MS = 2_000;
/** A killed process ends as soon as it leaves a system call; one that does not for so long is stuck. */
const END_DEADLINE_MS = 30_000;
const CLEAN_DEADLINE_MS = 30_000;
const POLL_MS = 5;

export interface DownReport {
  readonly leaks: LeakProof;
  /** How the lab had ended already, when it had. */
  readonly endedBefore?: string;
}

/**
 * Ends a running lab, or one that is still being built, and proves that nothing of it is left: whatever carries its mark
 * or holds its namespaces is gone, and taking it down has changed nothing of the machine. The machine is compared with
 * what it was right before: what others changed while the lab was up (a laptop's Wi-Fi, a firewall) is none of its doing.
 * @throws LabError when there is no such lab, it does not end, or nothing can be proved
 */
export async function downLab(name: string): Promise<DownReport> {
  const [ended] = sweepLabs(name);
  const before = await snapshotMachine();
  if (ended !== undefined) {
    const leaks = await proveClean({
      mark: ended.entry.mark,
      namespaceInodes: [],
      before,
      deadlineMs: CLEAN_DEADLINE_MS,
    });
    return { leaks, endedBefore: describeEnd(ended) };
  }
  const entry = findLab(name);
  const namespaceInodes = await endLab(entry);
  // Its builder may just have finished: then the lab lives on under a process of its own.
  if (listLabs().some(({ mark }) => mark === entry.mark)) return await downLab(name);
  forgetLab(entry);
  return { leaks: await proveClean({ mark: entry.mark, namespaceInodes, before, deadlineMs: CLEAN_DEADLINE_MS }) };
}

/** @returns the inodes of what it consisted of, as far as it told */
async function endLab(entry: LabEntry): Promise<readonly number[]> {
  markEnding(entry);
  const sandbox = namespacesOf(entry.initPid);
  const nodes = entry.state === 'up' ? await askToStop(entry) : interrupt(entry);
  await waitForEnd(entry);
  return [...sandbox, ...nodes];
}

/** Who builds a lab takes it down when asked to stop. */
function interrupt(entry: LabEntry): readonly number[] {
  signalIfThere(entry, 'SIGTERM');
  return [];
}

/** @returns the inodes of its nodes; of a lab that does not answer none: it is killed, and what it held is found by its mark */
async function askToStop(entry: LabEntry): Promise<readonly number[]> {
  const asking = stopByRequest(entry).catch(() => []);
  return await Promise.race([asking, delay(ASK_TIMEOUT_MS, [], { ref: false })]);
}

async function stopByRequest(entry: LabEntry): Promise<readonly number[]> {
  const channel = await connectLab(entry);
  const { namespaceInodes } = await channel.call<BuildReport>('describe', null);
  await channel.call('stop', null).catch(() => undefined);
  return namespaceInodes;
}

/** @throws LabError when not even SIGKILL ends it */
async function waitForEnd(entry: LabEntry): Promise<void> {
  const { name, process: holder } = entry;
  const startMs = performance.now();
  while (isAlive(holder)) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > ASK_TIMEOUT_MS) signalIfThere(entry, 'SIGKILL');
    if (waitedMs > END_DEADLINE_MS) throw new LabError(`lab "${name}" does not end: process ${holder.pid} is stuck`);
    await delay(POLL_MS);
  }
}

/** It may have ended since it was looked at. @throws LabError when this user may not signal it */
function signalIfThere({ name, process: { pid } }: LabEntry, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM')
      throw new LabError(`lab "${name}" cannot be ended: its process ${pid} belongs to somebody else`, {
        cause: error,
      });
    if (code !== 'ESRCH') throw error;
  }
}
