import test from 'ava';
import { hostsBetween, type MeshTree, presentTree } from '#src/strategy/mesh-tree.js';

const treeOf = (hosts: string, ...tunnels: readonly string[]): MeshTree => ({
  hosts: hosts.split(' '),
  tunnels: tunnels.map((ends) => ends.split('-') as [string, string]),
});
const triangle = treeOf('a b c', 'a-b', 'a-c', 'b-c');
const ring = treeOf('a b c d', 'a-b', 'b-c', 'c-d', 'a-d');

for (const [name, tree, from, to, by] of [
  ['the root reaches everybody directly', triangle, 'a', 'c', []],
  ['others go by the root of a triangle', triangle, 'b', 'c', ['a']],
  ['of two equal ways the one by the lower neighbour is taken', ring, 'c', 'a', ['b']],
  ['the other tunnel of the last one is blocked', ring, 'c', 'd', ['b', 'a']],
  ['and the same way back', ring, 'd', 'c', ['a', 'b']],
  ['a neighbour on the way to the root is reached directly', ring, 'b', 'c', []],
  ['the hub of a star passes all on', treeOf('a b c', 'a-b', 'a-c'), 'b', 'c', ['a']],
  ['the root is the lowest, wherever it is named', treeOf('b a c', 'a-b', 'a-c', 'b-c'), 'a', 'c', ['b']],
  [
    'hosts are told in the order in which they pass it on',
    treeOf('a b c d', 'a-b', 'b-c', 'c-d'),
    'a',
    'd',
    ['b', 'c'],
  ],
  ['no tunnel, no way', treeOf('a b c', 'a-b'), 'a', 'c', []],
  ['without its root a triangle has another one', presentTree(triangle, (host) => host !== 'a'), 'b', 'c', []],
  [
    'without the lower neighbour the ring leads the other way',
    presentTree(ring, (host) => host !== 'b'),
    'c',
    'a',
    ['d'],
  ],
] as const)
  test(name, (t) => {
    t.deepEqual(hostsBetween(tree, from, to), by);
  });
