import type { Declaration } from '../declaration/promise.js';
import type { Cell, Verdict } from './result.js';

const measured: Readonly<Record<Declaration['declared'], Readonly<Record<'pass' | 'fail', Cell>>>> = {
  promised: { pass: 'kept', fail: 'BROKEN' },
  absent: { pass: 'extra', fail: 'absent' },
  silent: { pass: 'extra', fail: 'absent' },
};

/** What the matrix shows for a promise: only a pass or a fail says anything about the network; what can exist and was not told is `unverified`. */
export function cellOf(declared: Declaration['declared'], verdict: Verdict): Cell {
  if (verdict === 'not applicable') return verdict;
  return verdict === 'pass' || verdict === 'fail' ? measured[declared][verdict] : 'unverified';
}
