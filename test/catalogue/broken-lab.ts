/**
 * Broken labs as data: what is done to a healthy lab, and what netlab must say of it. A row is a test of every promise that it
 * names; `prove` makes tests of rows.
 */
import test from 'ava';
import { probe } from '#lab/capabilities.js';
import type { PromiseName } from '#src/declaration/promise.js';
import type { Plan } from '#src/plan/plan.js';
import type { Cell } from '#src/result/result.js';
import { assertFinding, assertVerdict, change, type Finding, named } from '../src/promises/findings.js';
import { planOf, type ScenarioShape, scenarioOf, type TestLab, withLab } from '../support/sandboxed-lab.js';

/** A shell command in a node, as of somebody who is logged in there. */
export type Change = readonly [node: string, command: string];

/** A shell command that waits until another one succeeds, and fails after 20 s. */
export const until = (command: string): string => `timeout 20 sh -c 'until ${command}; do sleep 0.05; done'`;

export interface BrokenLab {
  /** What people would call it. */
  readonly title: string;
  readonly lab: ScenarioShape & { readonly strategy: string };
  /** What was there before anything ran, a file or a link of the plan: for what nobody could change later. */
  readonly built?: (plan: Plan) => Plan;
  readonly changes?: readonly Change[];
  /** Promises that must not be kept, with all that their evidence must say. Each is BROKEN, or absent where the design says so. */
  readonly finds: Partial<Record<PromiseName, Finding | readonly Finding[]>>;
  /** Promises that it does not touch. */
  readonly keeps?: readonly PromiseName[];
  /** Differences from the plan of which these words are told, whatever is measured. */
  readonly drift?: readonly RegExp[];
  /** A program without which it cannot be tried; it is skipped then. */
  readonly needs?: string;
}

/** Makes a test of each row, one after the other: two labs at once would take each other's time. */
export async function prove(rows: readonly BrokenLab[]): Promise<void> {
  const isThere = await programsOf(rows);
  for (const row of rows) {
    const { needs, title } = row;
    const register = needs === undefined || isThere.has(needs) ? test.serial : test.serial.skip;
    register(title, async (t) => {
      t.timeout(120_000);
      await withLab(planFor(row), async (lab) => await tryRow(t, row, lab));
    });
  }
}

async function programsOf(rows: readonly BrokenLab[]): Promise<ReadonlySet<string>> {
  const needed = new Set(rows.flatMap(({ needs = [] }) => needs));
  const { binaries } = await probe([...needed].map((name) => `binary:${name}` as const));
  return new Set(binaries.flatMap(({ name, version }) => (version === undefined ? [] : [name])));
}

function planFor({ lab, built = (plan) => plan }: BrokenLab): Plan {
  return built(planOf(scenarioOf(lab)));
}

async function tryRow(t: Parameters<typeof change>[0], row: BrokenLab, lab: TestLab): Promise<void> {
  const { changes = [], finds, keeps = [], drift = [] } = row;
  for (const [node, command] of changes) await change(t, lab, node, command);
  const broken = Object.entries(finds) as [PromiseName, Finding | readonly Finding[]][];
  const report = await lab.verify(...broken.map(([promise]) => promise), ...keeps);
  for (const [promise, findings] of broken) {
    const result = named(report.promises, promise);
    const wanted: Cell = result.declared === 'absent' ? 'absent' : 'BROKEN';
    t.is(result.cell, wanted, `${promise}: ${JSON.stringify(result.checks, undefined, 1)}`);
    assertFinding(t, result, ...[findings].flat());
  }
  for (const promise of keeps) assertVerdict(t, named(report.promises, promise), 'pass');
  for (const words of drift) t.regex(report.drift.join('\n'), words);
}
