/** What reached a container of another group, and by which place, as far as a difference from the plan tells. */
import type { Endpoint } from '../../plan/plan.js';
import type { Evidence } from '../../result/result.js';
import { allDifferences, type Difference } from '../../blame/differences.js';
import type { CheckContext } from '../../check/contract.js';

/** More differences than these are not told. */
const MOST_TOLD = 3;

/** Something of one container that was noticed by another, with which it shares no group. */
export interface Leak {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly message: string;
  readonly expected: string;
  readonly seen: string;
}

/** Each leak with the place where a host or one of the two containers is not as planned; else with the sender's host. */
export async function leakEvidence(context: CheckContext, leaks: readonly Leak[]): Promise<readonly Evidence[]> {
  if (leaks.length === 0) return [];
  const hosts = context.plan.cluster.hosts.map(({ name }) => name);
  const ends = leaks.flatMap(({ from, to }) => [from.node, to.node]);
  const differences = await allDifferences(context, [...new Set([...hosts, ...ends])]);
  return leaks.map((leak) => {
    const told = nearestTo(leak, differences).slice(0, MOST_TOLD);
    return {
      message: leak.message,
      where: told[0]?.where ?? leak.from.host ?? leak.from.node,
      expected: leak.expected,
      seen: [leak.seen, ...told.map(({ text }) => text)].join('; '),
    };
  });
}

/** Those on the way of the leak; all of them where there are none, as segments may be joined on a third host. */
function nearestTo({ from, to }: Leak, differences: readonly Difference[]): readonly Difference[] {
  const way = [from, to].flatMap(({ node, host = node }) => [host, node]);
  const own = differences.filter(({ where }) => way.includes(where.split(':')[0] ?? ''));
  return own.length === 0 ? differences : own;
}
