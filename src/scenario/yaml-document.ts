/** YAML with positions: the one importer of yaml. Whatever the text is, the answer is a document or problems. */
import { type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, Parser, parseDocument } from 'yaml';
import type { Finding } from './problem.js';
import { inspectTree, locateIn, type Pair, type TextProblem, type Tree } from './yaml-tree.js';

/** A place in the text, both numbers counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlDocument {
  /** Plain data; undefined when the text is no usable YAML, for the reasons in `problems`. */
  readonly value: unknown;
  readonly problems: ReadonlyArray<TextProblem & Place>;
  locate(finding: Pick<Finding, 'path' | 'otherwise' | 'atKey'>): Place;
}

/** Far above any real scenario, and small enough to be read at once: 6,000 containers on a line each. */
export const maxTextLength = 262_144;
/** What is said of a longer one; nobody reads it to its end, so how long it is is not known. */
export const tooLong = `it has more than ${maxTextLength} characters; allowed: at most ${maxTextLength} in a scenario`;
const maxDepth = 64;

/** Reads one YAML document. Never throws for what the text holds. */
export function readYaml(text: string): YamlDocument {
  const { document, problems } = compose(text);
  const place = placesIn(text);
  if (document === undefined || problems.length > 0) {
    const sorted = problems.toSorted((a, b) => a.offset - b.offset);
    return {
      value: undefined,
      problems: sorted.map((one) => ({ ...one, ...place(one.offset) })),
      locate: () => place(0),
    };
  }
  const tree = toTree(document.contents, new Map(), 0);
  const forbidden = inspectTree(tree);
  return {
    value: forbidden.length > 0 ? undefined : document.toJS({ maxAliasCount: -1 }),
    problems: forbidden.map((one) => ({ ...one, ...place(one.offset) })),
    locate: (finding) => place(locateIn(tree, finding)),
  };
}

/** Options that keep a `%YAML 1.1` line or a tag from changing what values mean. */
const options = {
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  prettyErrors: false,
  // `silent` would also hide that there is a second document.
  logLevel: 'error',
  // Duplicates are found in yaml-tree.ts: this package compares every key with every other.
  uniqueKeys: false,
} as const;

function compose(text: string): { readonly document?: Document; readonly problems: TextProblem[] } {
  const refused = refusedUnread(text);
  if (refused !== undefined) return { problems: [refused] };
  try {
    const document = parseDocument(text, options);
    return { document, problems: syntaxProblems(document) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problems: [{ offset: 0, message: `this is no YAML: ${reason}` }] };
  }
}

/** The composer of yaml 2.9 recurses, and 20,000 brackets end the whole process; its parser does not recurse. */
function refusedUnread(text: string): TextProblem | undefined {
  if (text.length > maxTextLength) {
    return { offset: 0, message: tooLong };
  }
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme)) continue;
    if (parser.stack.length > maxDepth)
      return { offset: parser.offset, message: `nested deeper than ${maxDepth} levels` };
  }
  return undefined;
}

function syntaxProblems(document: Document): TextProblem[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    const second = 'a second document begins here; a scenario is one';
    return { offset: pos[0], message: code === 'MULTIPLE_DOCS' ? second : message.replaceAll(/\s+/g, ' ') };
  });
}

function placesIn(text: string): (offset: number) => Place {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

/**
 * @param anchors those so far: an alias means the latest one before it (YAML 1.2, section 7.1)
 * @param around where the node is, for one that is left out, as the value in `key:`
 */
function toTree(node: unknown, anchors: Map<string, Tree>, around: number): Tree {
  const offset = (node as { range?: readonly number[] } | null)?.range?.[0] ?? around;
  if (isAlias(node)) return { kind: 'alias', offset, name: node.source, target: anchors.get(node.source) };
  const tree = emptyTree(node, offset);
  const { anchor } = (node ?? {}) as { anchor?: string };
  if (anchor !== undefined) anchors.set(anchor, tree);
  if (tree.kind === 'list' && isSeq(node))
    for (const item of node.items) tree.items.push(toTree(item, anchors, offset));
  if (tree.kind === 'map' && isMap(node)) {
    for (const { key, value } of node.items) tree.pairs.push(toPair(key, value, anchors, offset));
  }
  return tree;
}

function toPair(key: unknown, value: unknown, anchors: Map<string, Tree>, around: number): Pair {
  const keyTree = toTree(key, anchors, around);
  return { key: keyTree, value: toTree(value, anchors, keyTree.offset) };
}

function emptyTree(node: unknown, offset: number): Tree {
  if (isMap(node)) return { kind: 'map', offset, pairs: [] };
  if (isSeq(node)) return { kind: 'list', offset, items: [] };
  return { kind: 'scalar', offset, value: isScalar(node) ? node.value : node };
}
