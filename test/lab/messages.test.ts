/** What the far end of a lab in tests lets through, so that a member of a handle that is no message is found. */
import { PassThrough } from 'node:stream';
import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { nearEnd } from '../support/far/handle.js';
import type { Shape } from '../support/far/shape.js';
import { NoDataError, Wire } from '../support/far/wire.js';

interface Meter {
  readonly unit: string;
  onPulse: (pulse: { readonly data: Buffer }) => void;
  read(options: unknown): Promise<unknown>;
  reset(to: unknown): void;
}

const shape: Shape<Meter> = {
  known: { unit: true },
  asked: { read: 'data' },
  sent: { reset: true },
  events: { onPulse: 'data' },
  parts: {},
};

function meter() {
  const seen: string[] = [];
  const far: Meter = {
    unit: 'bytes',
    onPulse: () => {},
    read: async (options) => {
      seen.push('read');
      return options;
    },
    reset: () => {
      seen.push('reset');
      far.onPulse({ data: Buffer.from('x') });
    },
  };
  return { far, near: nearEnd<Meter>(shape, far, new Wire()), seen };
}

test('calls and events come in order, each in a later turn, as copies', async (t) => {
  const { near, seen } = meter();
  const order: string[] = [];
  near.onPulse = ({ data }) => void order.push(`pulse ${data.toString()}`);
  const options = { bytes: Buffer.from('y'), names: new Map([['a', 1]]) };
  near.reset(1);
  const reading = near.read(options);
  t.deepEqual(seen, [], 'nothing happens within the turn');
  const answer = await reading;
  t.deepEqual(answer, options);
  t.not(answer, options);
  t.deepEqual([seen, order, near.unit], [['reset', 'read'], ['pulse x'], 'bytes']);
});

class Live {
  readonly pid = 1;
}

for (const [what, value] of Object.entries({
  'a function': () => 1,
  'a function within': { done: [() => 1] },
  'a signal': new AbortController().signal,
  'a stream': new PassThrough(),
  'a promise': Promise.resolve(),
  'a live object': { of: new Live() },
}))
  test(`${what} is no data: it is neither given nor taken`, async (t) => {
    const { near, far } = meter();
    await t.throwsAsync(near.read(value), { instanceOf: NoDataError });
    t.throws(() => near.reset(value), { instanceOf: NoDataError });
    far.read = () => Promise.resolve({ value });
    await t.throwsAsync(near.read(1), { instanceOf: NoDataError });
  });

test('of an error its kind and what it says arrive', async (t) => {
  const { near, far } = meter();
  far.read = () => Promise.reject(Object.assign(new HeldTooLong('held', { remedy: 'wait' }), { code: 'EBUSY' }));
  const error = await t.throwsAsync(near.read(1), { instanceOf: HeldTooLong, message: 'held', code: 'EBUSY' });
  t.like(error, { remedy: 'wait', name: 'HeldTooLong' });
});

test('a member that has to be answered at once has no shape', (t) => {
  // @ts-expect-error it answers a number, not the promise of one
  const synchronous: Shape<{ count(): number }> = { known: {}, asked: {}, sent: {}, events: {}, parts: {} };
  // @ts-expect-error a member of the interface is missing
  const incomplete: Shape<Meter> = { ...shape, asked: {} };
  // @ts-expect-error what is known from the beginning is missing
  const unknown: Shape<Meter> = { ...shape, known: {} };
  // @ts-expect-error what answers nothing is missing
  const unsent: Shape<Meter> = { ...shape, sent: {} };
  // @ts-expect-error no member of the interface
  const foreign: Shape<Meter> = { ...shape, sent: { reset: true, stop: true } };
  for (const wrong of [synchronous, incomplete, unknown, unsent, foreign]) t.truthy(wrong);
});
