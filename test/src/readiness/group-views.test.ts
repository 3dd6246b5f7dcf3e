import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import type { CheckOutcome } from '#src/result/result.js';
import type { Group } from '#src/strategy/contract.js';
import { mergedOutcome } from '#src/readiness/group-views.js';

const view = (name: string): Plan => ({ group: { name } as Group }) as Plan;
const found = (name: string, outcome: Partial<CheckOutcome>) => ({
  view: view(name),
  outcome: { verdict: 'pass', summary: 'well', observations: [], evidence: [], ...outcome } as CheckOutcome,
});
const skip = (words: Partial<CheckOutcome> = {}) => found('b', { verdict: 'skip', summary: 'nothing', ...words });

test('a group in which nothing could be measured is named beside what was covered, and spoils no verdict', (t) => {
  const outcome = mergedOutcome([
    found('a', { coverage: 'every pair' }),
    skip({ reason: 'there is one container', remedy: 'Add one.' }),
    found('c', { verdict: 'fail', coverage: 'some pairs' }),
  ]);
  t.like(outcome, {
    verdict: 'fail',
    summary: 'a: well; c: well',
    coverage: 'a: every pair; c: some pairs; b: not measured (there is one container)',
  });
  t.is(outcome.reason, undefined);
  t.is(outcome.remedy, undefined);
  t.is(mergedOutcome([found('a', {}), skip()]).coverage, 'b: not measured (nothing)');
});

test('where no group can be measured the reason is that of the first', (t) => {
  const outcome = mergedOutcome([skip({ reason: 'no outsider' }), skip({ reason: 'no outsider' })]);
  t.like(outcome, { verdict: 'skip', summary: 'b: nothing', reason: 'b: no outsider' });
  t.is(outcome.coverage, undefined);
});
