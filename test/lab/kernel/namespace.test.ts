import { readFileSync } from 'node:fs';
import test from 'ava';
import { NetworkNamespace } from '#lab/kernel/namespace.js';

const linkNames = (): string[] =>
  [...readFileSync('/proc/thread-self/net/dev', 'utf8').matchAll(/^\s*(\S+):/gmu)].map(([, name = '']) => name);
const inodeHere = (): number => {
  const here = NetworkNamespace.current();
  here.close();
  return here.inode;
};

test('a new namespace is another one, and the thread stays where it was', (t) => {
  const before = inodeHere();
  const made = NetworkNamespace.create();
  t.not(made.inode, before);
  t.is(inodeHere(), before);
  made.close();
});

test('work runs inside, and comes back after a result, an error, and from a nested namespace', (t) => {
  const before = inodeHere();
  const [outer, inner] = [NetworkNamespace.create(), NetworkNamespace.create()];
  t.deepEqual(outer.run(linkNames), ['lo']);
  t.is(
    outer.run(() => inner.run(inodeHere)),
    inner.inode,
  );
  t.is(
    outer.run(() => (inner.run(inodeHere), inodeHere())),
    outer.inode,
  );
  t.throws(
    () =>
      outer.run(() => {
        throw new RangeError('inside');
      }),
    { instanceOf: RangeError },
  );
  t.is(inodeHere(), before);
  outer.close();
  inner.close();
});

test('work that would come back later is refused, and the thread is back all the same', (t) => {
  const before = inodeHere();
  const made = NetworkNamespace.create();
  const asynchronous = (() => Promise.resolve(1)) as unknown as () => number;
  t.throws(() => made.run(asynchronous), { message: /must be synchronous/u });
  t.is(inodeHere(), before);
  made.close();
});

test('a closed namespace cannot be entered, and says which call was refused', (t) => {
  const made = NetworkNamespace.create();
  made.close();
  t.throws(() => made.run(() => 1), { message: /^setns: .*\(EBADF\)/u });
});
