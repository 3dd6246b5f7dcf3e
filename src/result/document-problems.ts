/** What is wrong with a stored document, in words: where, what was found, what is allowed. */
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** More help nobody. */
const shownProblems = 10;

/** @returns a line for each of the first problems, and how many more there are */
export function documentProblems(issues: readonly Issue[], document: unknown): readonly string[] {
  const lines = issues.slice(0, shownProblems).map((issue) => problemText(issue, document));
  const more = issues.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more`];
}

function problemText(issue: Issue, document: unknown): string {
  const found = issue.path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    document,
  );
  const allowed = allowedBy(issue);
  return `${placeOf(issue.path)}: ${foundText(found)}${allowed === undefined ? '' : `; allowed: ${allowed}`}`;
}

/** `promises[3].checks[0].verdict` */
function placeOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./u, '') || 'the document';
}

const MOST_CHARACTERS = 60;

function foundText(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'found nothing';
  if (typeof value === 'object') return `found ${Array.isArray(value) ? 'a list' : 'a mapping'}`;
  const text = JSON.stringify(value);
  return `found ${text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text}`;
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function allowedBy(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(', ');
    case 'too_small':
      return `at least ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_format':
      return `a ${issue.format}`;
    default:
      return undefined;
  }
}

/**
 * What kind of thing a document is that is none of netlab's, and hardly was meant to be one.
 * @returns undefined where it looks like one
 */
export function notOurs(document: unknown): string | undefined {
  if (typeof document !== 'object' || document === null) return `it is ${foundText(document).replace(/^found /u, '')}`;
  if (Array.isArray(document)) return 'it is a list';
  return 'schemaVersion' in document ? undefined : 'it has no schemaVersion';
}
