import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type MachineSnapshot, proveClean } from '#lab/machine.js';
import { isAlive } from '#lab/processes.js';
import { connectLab, findLab, forgetLab, type LabEntry, snapshotFile } from '#lab/registry.js';
import type { BuildReport } from '../inside/requests.js';
import type { LeakProof } from '../result/result.js';

const ASK_TIMEOUT_MS = 2_000;
const CLEAN_DEADLINE_MS = 30_000;
const POLL_MS = 5;

/**
 * Ends a running lab and proves that nothing of it is left.
 * @throws LabError when there is no such lab
 */
export async function downLab(name: string): Promise<LeakProof> {
  const entry = findLab(name);
  const namespaceInodes = await askToStop(entry);
  await waitForEnd(entry);
  try {
    const before = JSON.parse(readFileSync(snapshotFile(name), 'utf8')) as MachineSnapshot;
    return await proveClean({ mark: entry.mark, namespaceInodes, before, deadlineMs: CLEAN_DEADLINE_MS });
  } finally {
    forgetLab(name);
  }
}

/** A lab that does not answer is killed all the same; what it held is then found by its mark. */
async function askToStop(entry: LabEntry): Promise<readonly number[]> {
  try {
    const timeout = AbortSignal.timeout(ASK_TIMEOUT_MS);
    const late = new Promise<never>((_, reject) => {
      timeout.addEventListener('abort', () => reject(timeout.reason as Error), { once: true });
    });
    const channel = await Promise.race([connectLab(entry), late]);
    const { namespaceInodes } = await Promise.race([channel.call<BuildReport>('describe', null), late]);
    await Promise.race([channel.call('stop', null).catch(() => undefined), late]);
    return namespaceInodes;
  } catch {
    return [];
  }
}

async function waitForEnd(entry: LabEntry): Promise<void> {
  const killAtMs = performance.now() + ASK_TIMEOUT_MS;
  while (isAlive(entry.process)) {
    if (performance.now() > killAtMs) killIfThere(entry.process.pid);
    await delay(POLL_MS);
  }
}

/** It may have ended since it was looked at. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
