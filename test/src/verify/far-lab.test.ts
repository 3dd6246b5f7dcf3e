/** Checks need nothing of a lab but messages: a far end that answers only in a later turn gives the same verdicts. */
import test from 'ava';
import type { VerifyReport } from '#src/inside/requests.js';
import { withFarEntry } from '../../support/far/entry.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';

/** A line for each promise, so that a difference is read at once. */
function matrix({ promises }: VerifyReport): readonly string[] {
  return promises.map(({ promise, declared, verdict, cell, checks }) => {
    const words = checks.flatMap(({ summary, reason, evidence }) => [
      summary,
      reason,
      ...evidence.map((one) => one.message),
    ]);
    const why = cell === 'kept' || cell === 'absent' ? '' : `: ${words.filter((one) => one !== undefined).join('; ')}`;
    return `${promise} ${declared} ${verdict} ${cell}${why}`;
  });
}

for (const strategy of ['bridge-l2', 'dhcp'])
  test.serial(`${strategy}: every promise has the same verdict through messages`, async (t) => {
    const plan = planOf(scenarioOf({ strategy }));
    const near = await withLab(plan, async (lab) => await lab.verify());
    const verify = async (lab: TestLab) => ({
      report: await lab.verify(),
      messages: await lab.ask<number>('messages'),
    });
    const far = await withFarEntry(async (entry) => await withLab(plan, verify, entry));
    t.deepEqual(matrix(far.report), matrix(near));
    t.is(far.report.promises.length, 24);
    t.deepEqual(
      near.promises.filter(({ cell }) => cell !== 'kept' && cell !== 'absent'),
      [],
    );
    t.true(far.messages > 1000, `${far.messages} messages`);
  });
