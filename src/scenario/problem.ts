import { LabError } from '#lab/errors.js';

/** Keys and list indexes from the top of a scenario file to a value. */
export type Path = ReadonlyArray<string | number>;

/** What is wrong at a place in the scenario, before the place has a line and a column. */
export interface Finding {
  readonly path: Path;
  /** Other places to point at when the file does not have `path`, because a default stands there. */
  readonly otherwise?: readonly Path[];
  /** Point at the key itself, not at its value. */
  readonly atKey?: boolean;
  /** What was found. */
  readonly message: string;
  /** What may stand there. */
  readonly allowed?: string;
  readonly hint?: string;
  /** The rule that is broken: a default that several nodes share breaks it once for all of them. */
  readonly rule?: string;
}

/** A finding with its place in the file. */
export interface Problem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 code units as editors do. */
  readonly column: number;
  /** `cluster.hosts[0].name`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly allowed?: string;
  readonly hint?: string;
}

/** Of the problems of a scenario; the rest is counted. */
export const shownProblems = 50;

/** A scenario that cannot be used: wrong usage, exit code 2. Its message lists the problems, one line each. */
export class ScenarioError extends LabError {
  readonly exitCode = 2;
  /** Empty when no file was found. */
  readonly problems: readonly Problem[];

  constructor(
    message: string,
    problems: readonly Problem[] = [],
    options: { readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.problems = problems;
  }

  /** The error that reports these problems. */
  static of(problems: readonly Problem[]): ScenarioError {
    const lines = problems.slice(0, shownProblems).map(formatProblem);
    if (problems.length > shownProblems) lines.push(`and ${problems.length - shownProblems} more problems`);
    return new ScenarioError(lines.join('\n'), problems);
  }
}

/** `file:line:column: path: what was found; allowed: what may stand there; hint`, on one line. */
export function formatProblem({ file, line, column, path, message, allowed, hint }: Problem): string {
  const parts = [message];
  if (allowed !== undefined) parts.push(`allowed: ${allowed}`);
  if (hint !== undefined) parts.push(hint);
  const subject = path === '' ? '' : `${path}: `;
  return oneLine(`${file}:${line}:${column}: ${subject}${parts.join('; ')}`);
}

/** `['cluster', 'hosts', 0, 'name']` as `cluster.hosts[0].name`. */
export function formatPath(path: Path): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${short(step)}`))
    .join('');
}

/** A value as messages show it: short, on one line, without control characters. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'number' ? String(value) : JSON.stringify(typeof value === 'string' ? short(value) : value);
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A file name or a key may hold anything, also what a terminal would obey. */
function oneLine(text: string): string {
  return text.replaceAll(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
