/** Makes tests of broken labs. */
import test from 'ava';
import { probe } from '#lab/capabilities.js';
import type { PromiseName } from '#src/declaration/promise.js';
import type { Plan } from '#src/plan/plan.js';
import type { Cell } from '#src/result/result.js';
import { assertFinding, assertVerdict, change, type Finding, named } from '../src/promises/findings.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../support/sandboxed-lab.js';
import type { BrokenLab } from './broken-lab.js';
import { brokenLabs } from './labs/index.js';

/** Makes the tests of one list: what a file of tests is named after, it tries whole, and nothing else. */
export async function proveAll(list: keyof typeof brokenLabs): Promise<void> {
  await prove(brokenLabs[list]);
}

/** Makes a test of each row, one after the other: two labs at once would take each other's time. */
async function prove(rows: readonly BrokenLab[]): Promise<void> {
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
