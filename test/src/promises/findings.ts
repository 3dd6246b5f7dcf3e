/** What tests ask of a measured promise. */

import type { ExecutionContext } from 'ava';
import type { Evidence, PromiseResult, Verdict } from '#src/result/result.js';
import type { TestLab } from '../../support/sandboxed-lab.js';

export interface Finding {
  /** In the message, the `seen` or the `expected` of one and the same piece of evidence. */
  readonly words: readonly (string | RegExp)[];
  readonly where: string | RegExp;
}

/** The promise has this verdict; the whole result is in the message when it has not, as what a CI shows last. */
export function assertVerdict(t: ExecutionContext, { promise, verdict, checks }: PromiseResult, wanted: Verdict): void {
  t.is(verdict, wanted, verdict === wanted ? promise : `${promise}: ${JSON.stringify(checks, undefined, 1)}`);
}

/** The promise failed, and some evidence says this and blames that node or link. */
export function assertFinding(t: ExecutionContext, result: PromiseResult, ...findings: readonly Finding[]): void {
  assertVerdict(t, result, 'fail');
  const evidence = result.checks.flatMap((check) => check.evidence);
  for (const finding of findings) {
    const isThere = evidence.some((one) => matches(one, finding));
    const wanted = `${result.promise}: ${finding.where}: ${finding.words.join(' … ')}`;
    t.true(isThere, isThere ? wanted : `${wanted}: not in ${JSON.stringify(evidence, undefined, 1)}`);
  }
}

function matches({ message, where, seen = '', expected = '' }: Evidence, finding: Finding): boolean {
  const text = [message, expected, seen].join('\n');
  const isSaid = (words: string | RegExp) => (typeof words === 'string' ? text.includes(words) : words.test(text));
  const isThere = typeof finding.where === 'string' ? where === finding.where : finding.where.test(where ?? '');
  return isThere && finding.words.every(isSaid);
}

export function named(results: readonly PromiseResult[], promise: PromiseResult['promise']): PromiseResult {
  const found = results.find((result) => result.promise === promise);
  if (found === undefined) throw new Error(`${promise} was not measured`);
  return found;
}

/** npm puts a directory of its own first, and in there is another program that is called nft. */
const systemPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; ';

/** Changes a node by hand; the command must succeed. */
export async function change(t: ExecutionContext, lab: TestLab, node: string, command: string): Promise<void> {
  const { code, output } = await lab.sh(node, systemPath + command);
  t.is(code, 0, `${node}: ${command}: ${output}`);
}
