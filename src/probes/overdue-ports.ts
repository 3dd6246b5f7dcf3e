/**
 * Bridges whose ports were still listening or learning when all the time that they may take was over. Each wait for them
 * would take that time again, so during one verify nobody waits for them a second time.
 */
import type { Lab } from '#lab/lab.js';

const overdue = new WeakMap<Lab, Set<string>>();

/** Names of nodes; none after {@link expectAllInTime}. */
export function overdueNodes(lab: Lab): ReadonlySet<string> {
  return overdue.get(lab) ?? new Set();
}

export function markOverdue(lab: Lab, nodes: Iterable<string>): void {
  overdue.set(lab, new Set([...overdueNodes(lab), ...nodes]));
}

/** At the beginning of a verify: what was slow before may be mended. */
export function expectAllInTime(lab: Lab): void {
  overdue.delete(lab);
}
