import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#lab/errors.js';
import { type MachineSnapshot, proveClean, snapshotMachine } from '#lab/machine.js';
import { isAlive, namespacesOf } from '#lab/processes.js';
import { connectLab, findLab, type LabEntry, listLabs, snapshotFile } from '#lab/registry.js';
import type { BuildReport } from '../inside/requests.js';
import type { LeakProof } from '../result/result.js';

const ASK_TIMEOUT_MS = 2_000;
/** A killed process ends as soon as it leaves a system call; one that does not for so long is stuck. */
const END_DEADLINE_MS = 30_000;
const CLEAN_DEADLINE_MS = 30_000;
const POLL_MS = 5;

/**
 * Ends a running lab, or one that is still being built, and proves that nothing of it is left.
 * @throws LabError when there is no such lab, it does not end, or nothing can be proved
 */
export async function downLab(name: string): Promise<LeakProof> {
  const entry = findLab(name);
  // As soon as the lab has ended, every look at the registry sweeps what it holds of the lab.
  const before = await machineBefore(entry);
  const sandbox = namespacesOf(entry.initPid);
  const nodes = entry.state === 'up' ? await askToStop(entry) : interrupt(entry);
  await waitForEnd(entry);
  // Its builder may just have finished: then the lab lives on under a process of its own.
  const successor = listLabs().find((lab) => lab.mark === entry.mark);
  if (successor !== undefined) return await downLab(name);
  if (before instanceof LabError) throw before;
  const namespaceInodes = [...sandbox, ...nodes];
  return await proveClean({ mark: entry.mark, namespaceInodes, before, deadlineMs: CLEAN_DEADLINE_MS });
}

/** @returns an error when there is no record of it: the lab is to end all the same. One that has just begun has changed nothing yet. */
async function machineBefore({ name, state }: LabEntry): Promise<MachineSnapshot | LabError> {
  const file = snapshotFile(name);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MachineSnapshot;
  } catch (cause) {
    if (state === 'starting') return await snapshotMachine();
    return new LabError(`${file} cannot be read, so nothing tells whether the machine is as it was`, { cause });
  }
}

/** Who builds a lab takes it down when asked to stop. */
function interrupt({ process: builder }: LabEntry): readonly number[] {
  signalIfThere(builder.pid, 'SIGTERM');
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
async function waitForEnd({ name, process: holder }: LabEntry): Promise<void> {
  const startMs = performance.now();
  while (isAlive(holder)) {
    const waitedMs = performance.now() - startMs;
    if (waitedMs > ASK_TIMEOUT_MS) signalIfThere(holder.pid, 'SIGKILL');
    if (waitedMs > END_DEADLINE_MS) throw new LabError(`lab "${name}" does not end: process ${holder.pid} is stuck`);
    await delay(POLL_MS);
  }
}

/** It may have ended since it was looked at. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
