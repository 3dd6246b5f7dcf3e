/** Results in which every text is an attack. */
import type { Comparison } from '#src/result/comparison.js';
import { comparison } from './comparisons.js';

/** Words of netlab's own, which a result cannot choose. */
const fixed = [
  'schemaVersion',
  'kind',
  'cell',
  'verdict',
  'declared',
  'promise',
  'startedAt',
  'privilege',
  'phases',
  'family',
];

/** Closes whatever it stands in: an attribute, an element, a comment, a CDATA section, a table cell, a code span. */
export const attack = (word: string): string =>
  `${word}"'>--></style></title>]]><script>document.title='run'</script><img src=x onerror="document.title='run'"> | \`x\` [a](javascript:alert(1)) @everyone \u0000\u001b[2J\ud800 &amp;`;

function poisoned(value: unknown, key: string): unknown {
  if (fixed.includes(key)) return value;
  if (typeof value === 'string') return attack(value);
  if (Array.isArray(value)) return value.map((item) => poisoned(item, ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]));
}

export const hostile = poisoned(comparison(), '') as Comparison;
