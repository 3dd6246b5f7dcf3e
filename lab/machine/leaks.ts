/** The proof that a lab is gone and that the machine's own network is as it was. */
import { compareSnapshots } from './comparison.js';
import { findLeftovers, type LabIdentity } from './leftovers.js';
import { COMPARED, type MachineSnapshot, snapshotMachine } from './snapshot.js';

export { findLeftovers } from './leftovers.js';

/** The proof that nothing is left: part of a run's result. */
export interface LeakProof {
  /** Nothing is left, and nothing that was compared has changed. */
  readonly verified: boolean;
  /** What was still there at the deadline, one line each; empty when clean. */
  readonly leftovers: readonly string[];
  /** What changed in the machine's own network meanwhile; empty when as before. */
  readonly machineChanges: readonly string[];
  /** What was compared, and what could not be read without root. */
  readonly compared: readonly string[];
  readonly notCompared: readonly string[];
  /** How long it took until nothing was left, or the deadline. */
  readonly waitedMs: number;
}

export interface ProofOptions extends LabIdentity {
  /** The machine as it was before the lab. */
  readonly before: MachineSnapshot;
  /** How long to wait for what the kernel takes down after its processes have ended. */
  readonly deadlineMs: number;
}

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 100;

/**
 * Looks until nothing of the lab is left, or the deadline has passed. Nothing tells when the kernel has taken down a
 * namespace, so it looks again and again, at growing intervals.
 */
export async function proveClean(options: ProofOptions): Promise<LeakProof> {
  const start = performance.now();
  const left = () => options.deadlineMs - (performance.now() - start);
  const leftovers = await untilEmpty(() => findLeftovers(options), left);
  let after = await snapshotMachine();
  const machineChanges = await untilEmpty(async (attempt) => {
    if (attempt > 0) after = await snapshotMachine();
    return compareSnapshots(options.before, after);
  }, left);
  return {
    verified: leftovers.length === 0 && machineChanges.length === 0,
    leftovers,
    machineChanges,
    ...coverage(options, after),
    waitedMs: Math.round(performance.now() - start),
  };
}

type Look = (attempt: number) => readonly string[] | Promise<readonly string[]>;

async function untilEmpty(look: Look, leftMs: () => number): Promise<readonly string[]> {
  let waitMs = FIRST_WAIT_MS;
  for (let attempt = 0; ; attempt += 1) {
    const found = await look(attempt);
    if (found.length === 0 || leftMs() <= 0) return found;
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, Math.max(leftMs(), 0))));
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

function coverage(
  { before, namespaceInodes }: ProofOptions,
  after: MachineSnapshot,
): Pick<LeakProof, 'compared' | 'notCompared'> {
  const namespaces = namespaceInodes.length > 0;
  const rulesets = before.nftables !== null && after.nftables !== null;
  const others = process.geteuid?.() === 0 ? [] : ['processes of other users: only root can look into them'];
  return {
    compared: [
      "processes with the lab's mark",
      ...(namespaces ? ['its namespaces and what holds them'] : []),
      ...COMPARED,
      ...(rulesets ? ['nftables ruleset'] : []),
    ],
    notCompared: [
      ...new Set([
        ...(namespaces ? [] : ['its namespaces: it ended before it told which they are']),
        ...before.notCompared,
        ...after.notCompared,
        ...others,
      ]),
    ],
  };
}
