import { isMachineRoot, mayMakeNamespaces, readEnvironment } from '#lab/machine/environment.js';
import test from 'ava';
import { isolated } from './isolated.js';

test('facts, and versions of only those programs that are there', async (t) => {
  const environment = await readEnvironment(['nft', 'netlab-no-such', 'nft']);
  t.regex(environment.kernel, /^\d+\.\d+/);
  t.is(environment.node, process.versions.node);
  t.true(environment.cores >= 1);
  t.deepEqual(Object.keys(environment.tools), ['nft']);
  t.regex(environment.tools['nft'] ?? '', /^\d+\.\d+/);
  t.deepEqual((await readEnvironment()).tools, {});
});

test('root of a user namespace is not root of the machine', async (t) => {
  const [privilege, root, may] = await isolated<unknown[]>(`
    import { isMachineRoot, mayMakeNamespaces, readEnvironment } from '#lab/machine/environment.js';
    give([(await readEnvironment()).privilege, isMachineRoot(), mayMakeNamespaces()]);
  `);
  t.deepEqual([privilege, root, may], ['user namespace', false, true]);
  if (process.geteuid?.() === 0) t.is(isMachineRoot(), mayMakeNamespaces());
});
