import { exitCodeMeaning, exitCodeOf, exitCodes } from '#src/result/exit-code.js';
import type { Outcome } from '#src/result/exit-code.js';
import { cellOf } from '#src/result/cell.js';
import type { Verdict } from '#src/result/result.js';
import { mergeVerdicts, verdictOrder } from '#src/result/verdict.js';
import test from 'ava';
import fc from 'fast-check';
import { check, cleanLeaks, promise } from '../report/fixtures.js';

const declarations = ['promised', 'absent', 'silent'] as const;

test('a cell says kept or BROKEN of what is promised, extra or absent of what is not', (t) => {
  t.is(cellOf('promised', 'pass'), 'kept');
  t.is(cellOf('promised', 'fail'), 'BROKEN');
  for (const declared of ['absent', 'silent'] as const) {
    t.is(cellOf(declared, 'pass'), 'extra');
    t.is(cellOf(declared, 'fail'), 'absent');
  }
});

test('what is neither pass nor fail is unverified, whatever was declared; what cannot exist is not applicable', (t) => {
  for (const declared of declarations) t.is(cellOf(declared, 'not applicable'), 'not applicable');
  for (const declared of declarations)
    for (const verdict of ['skip', 'error', 'inconclusive'] as const) t.is(cellOf(declared, verdict), 'unverified');
});

test('merged verdicts: the most telling one, in any order; nothing measured is a skip', (t) => {
  t.is(mergeVerdicts([]), 'skip');
  t.is(mergeVerdicts(['pass', 'pass']), 'pass');
  t.is(mergeVerdicts(['pass', 'skip']), 'skip');
  t.is(mergeVerdicts(['error', 'inconclusive']), 'error');
  t.is(mergeVerdicts(['fail', 'error']), 'fail');
  const verdicts = fc.array(fc.constantFrom<Verdict>(...verdictOrder), { minLength: 1 });
  t.notThrows(() =>
    fc.assert(fc.property(verdicts, (some) => mergeVerdicts(some) === mergeVerdicts(some.toReversed()))),
  );
  t.notThrows(() =>
    fc.assert(fc.property(verdicts, (some) => (mergeVerdicts(some) === 'pass') === some.every((v) => v === 'pass'))),
  );
});

const outcome = (changes: Partial<Outcome>): Outcome => ({
  promises: [promise('egress')],
  leaks: cleanLeaks,
  complete: true,
  ...changes,
});
const fails = promise('path-mtu', 'promised', { verdict: 'fail' });
const doubtful = promise('throughput', 'promised', { verdict: 'inconclusive' });
const skipped = promise('dual-stack', 'silent', { verdict: 'skip' });
const unverified = promise('no-nat', 'promised', { verdict: 'skip' });
const inapplicable = promise('names', 'promised', { verdict: 'not applicable' });
const dirty = { ...cleanLeaks, leftovers: ['process 1'] };

const exitsWith = test.macro({
  exec: (t, changes: Partial<Outcome>, code: number) => t.is(exitCodeOf(outcome(changes)), code),
  title: (given, _changes, code) => `exit ${String(code)}: ${given ?? ''}`,
});

test('all promises kept', exitsWith, {}, 0);
test('no leak proof, because the lab stays up', exitsWith, { leaks: null }, 0);
test('not promised and not there', exitsWith, { promises: [promise('egress', 'absent', { verdict: 'fail' })] }, 0);
test('what cannot exist, under --strict', exitsWith, { promises: [promise('egress'), inapplicable], strict: true }, 0);
test('nothing that could exist', exitsWith, { promises: [inapplicable] }, 4);
test('a broken promise', exitsWith, { promises: [fails] }, 1);
test('broken before inconclusive', exitsWith, { promises: [fails, doubtful] }, 1);
test('wrong usage before everything', exitsWith, { promises: [fails], leaks: dirty, usageError: true }, 2);
test('leftovers, even when a promise is broken', exitsWith, { promises: [fails], leaks: dirty }, 3);
test('unproven teardown', exitsWith, { leaks: { ...cleanLeaks, verified: false } }, 3);
test('the machine changed', exitsWith, { leaks: { ...cleanLeaks, machineChanges: ['route is new'] } }, 3);
test('a failed build', exitsWith, { failure: { message: 'no' } }, 3);
test('cut short for no known reason', exitsWith, { complete: false }, 3);
test('an error of netlab', exitsWith, { promises: [promise('egress', 'silent', { verdict: 'error' })] }, 3);
test(
  'an error behind a fail of the same promise',
  exitsWith,
  { promises: [{ ...fails, checks: [...fails.checks, check('more', { verdict: 'error' })] }] },
  3,
);
test('an inconclusive promise', exitsWith, { promises: [doubtful] }, 4);
test('nothing measured', exitsWith, { promises: [] }, 4);
test(
  'inconclusive on what nobody promised',
  exitsWith,
  { promises: [promise('egress', 'silent', { verdict: 'inconclusive' })] },
  0,
);
test('unverified without --strict', exitsWith, { promises: [unverified, skipped] }, 0);
test('a promise unverified, with --strict', exitsWith, { promises: [unverified], strict: true }, 4);
test(
  'silent or absent is settled, with --strict',
  exitsWith,
  { promises: [promise('egress'), skipped], strict: true },
  0,
);
test('interrupted', exitsWith, { complete: false, interrupted: true, promises: [fails] }, 130);
test('interrupted and leaking', exitsWith, { complete: false, interrupted: true, leaks: dirty }, 3);

test('every exit code has a meaning', (t) => {
  for (const code of Object.values(exitCodes)) t.notRegex(exitCodeMeaning(code), /no exit code/);
});
