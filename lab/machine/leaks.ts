/** The proof that a lab is gone, and that it has left the machine's own network as it was. */
import { findChanges } from './comparison.js';
import { mayMakeNamespaces } from './environment.js';
import { changesOf, footprintOf } from './footprint.js';
import type { HeldNamespaces } from './held-namespaces.js';
import { findLeftovers } from './leftovers.js';
import { COMPARED, type MachineSnapshot, snapshotMachine } from './snapshot.js';
import type { NodeState } from '../state.js';

/** The proof that nothing is left: part of a run's result. */
export interface LeakProof {
  /** Nothing is left, and the lab has changed nothing of what was compared. */
  readonly verified: boolean;
  /** What was still there at the deadline, one line each; empty when clean. */
  readonly leftovers: readonly string[];
  /** What the lab has changed in the machine's own network; empty when nothing. */
  readonly machineChanges: readonly string[];
  /** What else changed there meanwhile: somebody else's doing, and no finding. Absent in results of older versions. */
  readonly otherChanges?: readonly string[];
  /** What was compared, and what could not be read without root. */
  readonly compared: readonly string[];
  readonly notCompared: readonly string[];
  /** How long it took until nothing was left, or the deadline. */
  readonly waitedMs: number;
}

export interface ProofOptions {
  /** See {@link LabIdentity.mark}. */
  readonly mark: string;
  /** Its namespaces, held since before it ended; absent when it ended before anybody could. Closed in the end. */
  readonly held?: HeldNamespaces;
  /** What the lab was to consist of: what it can have made on the machine by mistake. */
  readonly nodes: readonly Pick<NodeState, 'links'>[];
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
  try {
    return await prove(options);
  } finally {
    options.held?.close();
  }
}

async function prove({ mark, held, nodes, before, deadlineMs }: ProofOptions): Promise<LeakProof> {
  const start = performance.now();
  const left = () => deadlineMs - (performance.now() - start);
  const namespaceInodes = held?.inodes ?? new Set<number>();
  const leftovers = await untilEmpty(() => findLeftovers({ mark, namespaceInodes }), left);
  const footprint = footprintOf(nodes);
  let otherChanges: readonly string[] = [];
  let after = before;
  const machineChanges = await untilEmpty(async () => {
    after = await snapshotMachine();
    const own = mayMakeNamespaces() ? changesOf(footprint, before, after) : () => false;
    const [ours, others] = partition(findChanges(before, after), own);
    otherChanges = others.map(({ text }) => text);
    return ours.map(({ text }) => text);
  }, left);
  return {
    verified: leftovers.length === 0 && machineChanges.length === 0,
    leftovers,
    machineChanges,
    otherChanges,
    ...coverage(namespaceInodes.size > 0, before, after),
    waitedMs: Math.round(performance.now() - start),
  };
}

function partition<T>(all: readonly T[], belongs: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter((one) => belongs(one)), all.filter((one) => !belongs(one))];
}

type Look = () => readonly string[] | Promise<readonly string[]>;

async function untilEmpty(look: Look, leftMs: () => number): Promise<readonly string[]> {
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    const found = await look();
    if (found.length === 0 || leftMs() <= 0) return found;
    await new Promise((resolve) => setTimeout(resolve, Math.min(waitMs, Math.max(leftMs(), 0))));
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
  }
}

function coverage(
  namespaces: boolean,
  before: MachineSnapshot,
  after: MachineSnapshot,
): Pick<LeakProof, 'compared' | 'notCompared'> {
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
        ...(namespaces ? [] : ['its namespaces: it ended before anybody could hold them']),
        ...before.notCompared,
        ...after.notCompared,
        ...others,
      ]),
    ],
  };
}
