import test from 'ava';
import type { ObservedNode } from '#lab/lab.js';
import { emptyNode, type NodeState } from '#lab/state.js';
import { drift } from '#src/plan/drift.js';
import { defaultRules } from '#src/plan/drift-rules.js';

/** As the kernel reports a node in which nothing is but what is given. */
export function observed(given: Partial<ObservedNode>): ObservedNode {
  const rules = [...defaultRules('ipv4'), ...(given.rules ?? [])];
  return { name: 'h1', links: [], routes: [], otherRoutes: [], neighbours: [], fdb: [], ...given, rules };
}

/** Differences as `what: planned -> found`. */
export const differs = test.macro(
  (t, planned: Partial<NodeState>, found: Partial<ObservedNode>, expected: readonly string[]) => {
    const differences = drift({ ...emptyNode('h1', 'host'), ...planned }, observed(found));
    t.deepEqual(
      differences.map((one) => `${one.what}: ${one.planned} -> ${one.found}`),
      expected,
    );
  },
);
