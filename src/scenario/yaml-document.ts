/** YAML with positions: the one importer of yaml. Whatever the text is, the answer is a document or problems. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  parseDocument,
} from 'yaml';
import type { Finding, Path } from './problem.js';
import { inspectTree } from './yaml-tree.js';

/** A place in the text, both numbers counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What is wrong at an offset of the text. */
export interface TextProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

export interface YamlDocument {
  /** Plain data; undefined when the text is no usable YAML, for the reasons in `problems`. */
  readonly value: unknown;
  readonly problems: ReadonlyArray<TextProblem & Place>;
  /** Where a finding points: its path, else the first of its other places, else the nearest that is there. */
  locate(finding: Pick<Finding, 'path' | 'otherwise' | 'atKey'>): Place;
}

/** Far above any real scenario, and small enough to be read at once: 6,000 containers on a line each. */
export const maxTextLength = 262_144;
const maxDepth = 64;

/** Reads one YAML document. Never throws for what the text holds. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refuse = (problems: readonly TextProblem[]): YamlDocument => {
    if (lines.lineStarts.length === 0) countLines(text, lines);
    const sorted = [...problems].sort((a, b) => a.offset - b.offset);
    return {
      value: undefined,
      problems: sorted.map((one) => ({ ...one, ...place(one.offset) })),
      locate: () => place(0),
    };
  };
  if (text.length > maxTextLength) return refuse([{ offset: 0, message: tooLong(text.length) }]);
  const deep = tooDeep(text);
  if (deep !== undefined) return refuse([deep]);
  const document = parse(text, lines);
  if (document instanceof Error) return refuse([{ offset: 0, message: `this is no YAML: ${document.message}` }]);
  const problems = [...syntaxProblems(document), ...inspectTree(document.contents)];
  if (problems.length > 0) return refuse(problems);
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    problems: [],
    locate: (finding) => place(offsetOf(document, finding)),
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

function parse(text: string, lineCounter: LineCounter): Document | Error {
  try {
    return parseDocument(text, { ...options, lineCounter });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The composer of yaml 2.9 recurses, and 20,000 brackets end the whole process; its parser does not recurse. */
function tooDeep(text: string): TextProblem | undefined {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme)) continue;
    if (parser.stack.length > maxDepth)
      return { offset: parser.offset, message: `nested deeper than ${maxDepth} levels` };
  }
  return undefined;
}

function tooLong(length: number): string {
  return `the file has ${length} characters; a scenario has at most ${maxTextLength}`;
}

function syntaxProblems(document: Document): TextProblem[] {
  return [...document.errors, ...document.warnings].map(({ code, message, pos }) => {
    if (code === 'MULTIPLE_DOCS')
      return { offset: pos[0], message: 'a second document begins here; a scenario is one' };
    return { offset: pos[0], message: message.replaceAll(/\s+/g, ' ') };
  });
}

function countLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
}

interface Found {
  readonly offset: number;
  /** True when the whole path is in the file. */
  readonly complete: boolean;
}

function offsetOf(
  document: Document,
  { path, otherwise = [], atKey = false }: Parameters<YamlDocument['locate']>[0],
): number {
  const found = [path, ...otherwise].map((one) => walk(document, one, atKey));
  return (found.find(({ complete }) => complete) ?? found[0])?.offset ?? 0;
}

function walk(document: Document, path: Path, atKey: boolean): Found {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    const next = enter(resolve(document, node), step);
    if (next === undefined) return { offset, complete: false };
    node = next.value;
    const preferred = atKey && depth === path.length - 1 ? next.key : (next.value ?? next.key);
    offset = preferred?.range?.[0] ?? offset;
  }
  return { offset, complete: true };
}

function resolve(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function enter(node: Node | null, step: string | number): { key: Node | null; value: Node | null } | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return isNode(item) ? { key: null, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  if (pair === undefined) return undefined;
  return { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
}
