import test from 'ava';
import { Turns } from '#src/run/turns.js';

test('so many at once, the most urgent first, equals in the order in which they came', async (t) => {
  const turns = new Turns(2);
  const started: string[] = [];
  let atOnce = 0;
  const work = (name: string) => async () => {
    started.push(name);
    atOnce += 1;
    t.true(atOnce <= 2);
    await new Promise(setImmediate);
    atOnce -= 1;
    if (name === 'fails') throw new Error(name);
  };
  const all = [
    turns.hold(work('first')),
    turns.hold(work('second')),
    turns.hold(work('plain')),
    turns.hold(work('fails'), 10),
    turns.hold(work('urgent'), 50),
    turns.hold(work('also plain')),
    turns.hold(work('also urgent'), 50),
  ];
  const failed = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
  t.is(failed.length, 1, 'one that fails gives its turn back');
  t.deepEqual(started, ['first', 'second', 'urgent', 'also urgent', 'fails', 'plain', 'also plain']);
  await turns.hold(work('later'));
  t.is(started.at(-1), 'later');
});

test('a turn that is given back early is given back once', async (t) => {
  const turns = new Turns(1);
  let end = (): void => undefined;
  const ends = new Promise<void>((resolve) => {
    end = resolve;
  });
  const started: string[] = [];
  const early = turns.hold(async (giveBack) => {
    giveBack();
    giveBack();
    await ends;
  });
  const next = turns.hold(async () => {
    started.push('next');
    await new Promise(setImmediate);
    t.deepEqual(started, ['next'], 'one at a time');
    end();
    await early;
  });
  const last = turns.hold(() => Promise.resolve(void started.push('last')));
  await Promise.all([early, next, last]);
  t.deepEqual(started, ['next', 'last']);
});
