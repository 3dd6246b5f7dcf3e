import test from 'ava';
import { HeldTooLong } from '#lab/errors.js';
import { HeldTurn } from '#lab/machine/held-turn.js';
import { MachineLock } from '#lab/machine/lock.js';
import { exclusively, inWindow, type MachineTurn } from '#lab/turns.js';

const never = new AbortController().signal;

/** One after the other, as labs have the machine. */
function machine() {
  const lock = new MachineLock(undefined);
  return {
    askForMachine: async () =>
      new HeldTurn<MachineTurn, null>(async (work, signal) => {
        await lock.hold((isAlone) => work({ isAlone }), signal);
        return null;
      }),
  };
}

test('work runs in its turn, one after the other, and a failure gives the turn back', async (t) => {
  const lab = machine();
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`${name} begins`);
    await new Promise(setImmediate);
    seen.push(`${name} ends`);
    return name;
  };
  const failing = exclusively(lab, () => Promise.reject(new Error('defect')), never);
  const both = Promise.all([exclusively(lab, work('a'), never), exclusively(lab, work('b'), never)]);
  await t.throwsAsync(failing, { message: 'defect' });
  t.deepEqual(await both, ['a', 'b']);
  t.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends']);
});

test('who gives up waiting is told why, does not run, and is in nobody else’s way', async (t) => {
  const lab = machine();
  const first = await lab.askForMachine();
  await first.begun();
  const stop = new AbortController();
  const waiting = exclusively(lab, () => t.fail('it ran'), stop.signal);
  const after = exclusively(lab, () => Promise.resolve('after'), never);
  stop.abort(new Error('enough'));
  await t.throwsAsync(waiting, { message: 'enough' });
  await first.end();
  t.is(await after, 'after');
  await t.throwsAsync(
    exclusively(lab, () => t.fail('it ran'), stop.signal),
    { message: 'enough' },
  );
});

test('a turn that nobody gives is an error; what a window ends with is told', async (t) => {
  const held = {
    askForMachine: async () => new HeldTurn<MachineTurn, null>(() => Promise.reject(new HeldTooLong('held'))),
  };
  await t.throwsAsync(
    exclusively(held, () => t.fail('it ran'), never),
    { instanceOf: HeldTooLong },
  );
  const neighbourTable = {
    windowEntries: async () => 3,
    askForWindow: async () =>
      new HeldTurn<{ ipv4: number; ipv6: number }, { overflowed: boolean }>(async (work) => {
        await work({ ipv4: 3, ipv6: 4 });
        return { overflowed: true };
      }),
  };
  t.deepEqual(await inWindow({ neighbourTable }, async ({ ipv4, ipv6 }) => ipv4 + ipv6, never), {
    value: 7,
    overflowed: true,
  });
});
