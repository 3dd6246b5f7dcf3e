import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#lab/errors.js';
import { HeldNamespaces, type LeakProof, proveClean, snapshotMachine } from '#lab/machine.js';
import { isAlive } from '#lab/processes.js';
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
 * or holds its namespaces is gone. Taking a lab down makes nothing, so what changes of the machine meanwhile (a laptop's
 * Wi-Fi, a firewall, a container engine) is somebody else's doing, and is told as that.
 * @throws LabError when there is no such lab, it does not end, or nothing can be proved
 */
export async function downLab(name: string): Promise<DownReport> {
  const [ended] = sweepLabs(name);
  const before = await snapshotMachine();
  const proof = { nodes: [], before, deadlineMs: CLEAN_DEADLINE_MS };
  if (ended !== undefined)
    return { leaks: await proveClean({ ...proof, mark: ended.entry.mark }), endedBefore: describeEnd(ended) };
  const entry = findLab(name);
  const { mark } = entry;
  const held = new HeldNamespaces(mark);
  try {
    await endLab(entry);
  } catch (error) {
    held.close();
    throw error;
  }
  // Its builder may just have finished: then the lab lives on under a process of its own.
  if (listLabs().some((other) => other.mark === mark)) {
    held.close();
    return await downLab(name);
  }
  forgetLab(entry);
  return { leaks: await proveClean({ ...proof, mark, held }) };
}

async function endLab(entry: LabEntry): Promise<void> {
  markEnding(entry);
  if (entry.state === 'up') await askToStop(entry);
  // Who builds a lab takes it down when asked to stop.
  else signalIfThere(entry, 'SIGTERM');
  await waitForEnd(entry);
}

/** One that does not answer is killed afterwards. */
async function askToStop(entry: LabEntry): Promise<void> {
  const asking = stopByRequest(entry).catch(() => undefined);
  await Promise.race([asking, delay(ASK_TIMEOUT_MS, undefined, { ref: false })]);
}

async function stopByRequest(entry: LabEntry): Promise<void> {
  const channel = await connectLab(entry);
  await channel.call('stop', null);
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
