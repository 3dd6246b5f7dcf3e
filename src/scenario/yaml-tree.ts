/** A YAML document as a tree with positions: what it may not hold, and where a path in it leads. */
import type { Finding, Path } from './problem.js';

interface Common {
  /** Where it begins in the text. */
  readonly offset: number;
}

/** A value of the document. */
export type Tree =
  | (Common & { readonly kind: 'scalar'; readonly value: unknown })
  | (Common & { readonly kind: 'list'; readonly items: Tree[] })
  | (Common & { readonly kind: 'map'; readonly pairs: Pair[] })
  | (Common & { readonly kind: 'alias'; readonly name: string; readonly target: Tree | undefined });

export interface Pair {
  readonly key: Tree;
  readonly value: Tree;
}

/** What is wrong at an offset of the text. */
export interface TextProblem {
  readonly offset: number;
  readonly message: string;
}

/** Values in the file after every alias is replaced by what it stands for: 250 hosts share a list of 253 containers. */
const maxValues = 300_000;

interface Inspection {
  readonly problems: TextProblem[];
  /** Values below and including each finished one, aliases replaced. */
  readonly sizes: Map<Tree, number>;
}

/** What YAML allows and a scenario does not: duplicate keys, keys that are no words, aliases that lead nowhere or explode. */
export function inspectTree(tree: Tree): TextProblem[] {
  const inspection: Inspection = { problems: [], sizes: new Map() };
  const size = measure(tree, inspection);
  if (inspection.problems.length > 0 || size <= maxValues) return inspection.problems;
  const message = `with its aliases replaced the file has ${size} values; a scenario has at most ${maxValues}`;
  return [{ offset: tree.offset, message }];
}

function measure(tree: Tree, inspection: Inspection): number {
  let size = 1;
  if (tree.kind === 'alias') size = measureAlias(tree, inspection);
  if (tree.kind === 'list') for (const item of tree.items) size += measure(item, inspection);
  if (tree.kind === 'map') {
    checkKeys(tree.pairs, inspection);
    for (const { key, value } of tree.pairs) size += measure(key, inspection) + measure(value, inspection);
  }
  inspection.sizes.set(tree, size);
  return size;
}

function measureAlias({ offset, name, target }: Tree & { kind: 'alias' }, { problems, sizes }: Inspection): number {
  const size = target === undefined ? undefined : sizes.get(target);
  if (size !== undefined) return size;
  // A target that has no size yet is still open: the alias is inside it.
  const missing = `there is no anchor &${name} before the alias *${name}`;
  problems.push({ offset, message: target === undefined ? missing : `the alias *${name} stands inside itself` });
  return 1;
}

function checkKeys(pairs: readonly Pair[], { problems }: Inspection): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    const word = wordOf(key);
    const { offset } = key;
    if (word === undefined) problems.push({ offset, message: 'a key is a plain word' });
    else if (word === '__proto__') problems.push({ offset, message: 'unknown key "__proto__"' });
    else if (seen.has(word))
      problems.push({ offset, message: `the key ${JSON.stringify(word.slice(0, 60))} is there twice` });
    else seen.add(word);
  }
}

/** Keys are words, numbers or booleans in YAML's core schema; an empty key is null. */
function wordOf(key: Tree): string | undefined {
  if (key.kind !== 'scalar') return undefined;
  const { value } = key;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined;
}

/** Where a finding points: its path, else the first of its other places that is there, else as far as its path goes. */
export function locateIn(
  tree: Tree,
  { path, otherwise = [], atKey = false }: Pick<Finding, 'path' | 'otherwise' | 'atKey'>,
): number {
  const places = [path, ...otherwise].map((one) => walk(tree, one, atKey));
  return (places.find(({ complete }) => complete) ?? places[0] ?? tree).offset;
}

function walk(tree: Tree, path: Path, atKey: boolean): { readonly offset: number; readonly complete: boolean } {
  let at = tree;
  for (const [depth, step] of path.entries()) {
    const next = enter(at.kind === 'alias' ? (at.target ?? at) : at, step);
    if (next === undefined) return { offset: at.offset, complete: false };
    if (atKey && depth === path.length - 1) return { offset: next.key.offset, complete: true };
    at = next.value;
  }
  return { offset: at.offset, complete: true };
}

function enter(tree: Tree, step: string | number): Pair | undefined {
  if (tree.kind === 'map') return tree.pairs.find(({ key }) => wordOf(key) === String(step));
  const item = tree.kind === 'list' ? tree.items[Number(step)] : undefined;
  return item === undefined ? undefined : { key: item, value: item };
}
