/** What YAML allows and a scenario does not: duplicate keys, keys that are no words, aliases that lead nowhere or explode. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { TextProblem } from './yaml-document.js';

/** Values in the file after every alias is replaced by what it stands for: 250 hosts share a list of 253 containers. */
const maxNodes = 300_000;

interface Walk {
  readonly problems: TextProblem[];
  /** Anchors so far: an alias means the latest one before it (YAML 1.2, section 7.1). */
  readonly anchors: Map<string, { node: Node; size: number }>;
  /** Nodes around the current one: an alias to one of them would be endless. */
  readonly open: Set<Node>;
}

/** Problems of a composed document, each at most once per node. */
export function inspectTree(contents: Node | null): TextProblem[] {
  const walk: Walk = { problems: [], anchors: new Map(), open: new Set() };
  const size = contents === null ? 0 : measure(contents, walk);
  if (walk.problems.length === 0 && size > maxNodes) {
    const message = `with its aliases replaced the file has ${size} values; a scenario has at most ${maxNodes}`;
    return [{ offset: startOf(contents), message }];
  }
  return walk.problems;
}

/** Number of values below and including the node, aliases replaced. */
function measure(node: Node, walk: Walk): number {
  if (isAlias(node)) return measureAlias(node, walk);
  walk.open.add(node);
  let size = 1;
  if (isSeq(node)) for (const item of node.items) size += measureAny(item, walk);
  if (isMap(node)) {
    checkKeys(node.items, walk);
    for (const { key, value } of node.items) size += measureAny(key, walk) + measureAny(value, walk);
  }
  walk.open.delete(node);
  const anchor = (node as { anchor?: string }).anchor;
  if (anchor !== undefined) walk.anchors.set(anchor, { node, size });
  return size;
}

function measureAny(item: unknown, walk: Walk): number {
  // An entry of a sequence may be a pair: [a: 1].
  if (isMap(item) || isSeq(item) || isScalar(item) || isAlias(item)) return measure(item, walk);
  return 1;
}

function measureAlias(node: Node & { source: string }, walk: Walk): number {
  const around = [...walk.open].some((outer) => (outer as { anchor?: string }).anchor === node.source);
  const target = walk.anchors.get(node.source);
  if (around) walk.problems.push({ offset: startOf(node), message: `the alias *${node.source} stands inside itself` });
  else if (target === undefined) {
    walk.problems.push({
      offset: startOf(node),
      message: `there is no anchor &${node.source} before the alias *${node.source}`,
    });
  }
  return target?.size ?? 1;
}

function checkKeys(pairs: readonly Pair[], walk: Walk): void {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    const text = isScalar(key) && key.value !== null ? String(key.value) : undefined;
    if (text === undefined) {
      walk.problems.push({ offset: startOf(key), message: 'a key is a plain word' });
    } else if (text === '__proto__') {
      walk.problems.push({ offset: startOf(key), message: 'unknown key "__proto__"' });
    } else if (seen.has(text)) {
      walk.problems.push({
        offset: startOf(key),
        message: `the key ${JSON.stringify(text.slice(0, 60))} is there twice`,
      });
    }
    if (text !== undefined) seen.add(text);
  }
}

function startOf(node: unknown): number {
  return (node as { range?: readonly [number, ...number[]] } | null)?.range?.[0] ?? 0;
}
