/** How the size of what is planted is known: the script's honesty rests on it. */
import test from 'ava';
import { goodputShare, rulesLeaving } from './slow-down.js';
import { madeBench } from '../src/bench/results.js';

/** With 0, 1,000, 2,000 ... rules. */
const leavingNineTenths = (...kept: readonly number[]): number | null =>
  rulesLeaving(
    0.9,
    kept.map((share, index) => [1_000 * index, share]),
  );

test('how many rules leave a share lies between two that were measured', (t) => {
  t.is(leavingNineTenths(1, 0.95, 0.85), 1_500);
  t.is(leavingNineTenths(1, 0.8), 500);
  t.is(leavingNineTenths(1, 0.95), null, 'all leave more');
  t.is(leavingNineTenths(0.9, 0.5), null, 'the first one leaves no more');
});

test('what a network keeps of the baseline goodput; rounds that lack one side do not count', (t) => {
  const whole = madeBench({ deviation: 0, vxlan: 0.72 });
  t.is(goodputShare(whole, 'vxlan', 'host-gw').toFixed(6), '0.800000');
  const lacking = whole.cells.map((cell) =>
    cell.target === 'host-gw' ? { ...cell, samples: cell.samples.slice(3) } : cell,
  );
  t.is(goodputShare({ ...whole, cells: lacking }, 'vxlan', 'host-gw').toFixed(6), '0.800000');
  const never = { ...whole, cells: whole.cells.filter(({ target }) => target !== 'host-gw') };
  t.throws(() => goodputShare(never, 'vxlan', 'host-gw'), { message: /were never measured in the same round/ });
});
