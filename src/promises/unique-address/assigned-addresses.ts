/** Does every container have exactly what it was assigned? What a scenario pins is assigned, too. By state. */
import type { ObservedLink } from '#lab/lab.js';
import type { LinkState } from '#lab/state.js';
import { canonicalInterface } from '../../plan/drift-address.js';
import type { Endpoint } from '../../plan/plan.js';
import type { Evidence } from '../../result/result.js';
import type { CheckContext } from '../../check/contract.js';
import { endpointsOf } from '../../reachability/directions.js';
import { clusterAddresses, withoutLength } from '../../probes/holders.js';
import { observedLink } from '../../probes/observed-link.js';
import { enumerate } from '../../check/words.js';
import { leaseEvidence } from './leased-addresses.js';

export async function assignmentEvidence(context: CheckContext): Promise<readonly Evidence[]> {
  const assigned = endpointsOf(context, 'container').map(async (container) => {
    const found = await observedLink(context.lab, container);
    return [...differingAddresses(context, container, found), ...leaseEvidence(context, container, found)];
  });
  return (await Promise.all(assigned)).flat();
}

function differingAddresses(
  { plan }: CheckContext,
  { node, link }: Endpoint,
  found: ObservedLink | undefined,
): readonly Evidence[] {
  const where = `${node}:${link}`;
  const planned = plan.nodes.find(({ name }) => name === node)?.links.find(({ name }) => name === link);
  if (planned === undefined) return [];
  if (found === undefined)
    return [{ message: `${node} has no interface ${link}`, where, expected: planned.kind, seen: 'none' }];
  return [...compared(where, planned, found), ...comparedMac(where, planned, found)];
}

function compared(where: string, planned: LinkState, found: ObservedLink): readonly Evidence[] {
  const wanted = planned.addresses.map(canonicalInterface);
  const local = new Set(clusterAddresses(found));
  const seen = found.addresses.filter((address) => local.has(withoutLength(address))).map(canonicalInterface);
  const missing = wanted.filter((address) => !seen.includes(address));
  const extra = seen.filter((address) => !wanted.includes(address));
  if (missing.length === 0 && extra.length === 0) return [];
  return [
    {
      message: `${where} has not exactly the addresses that it was assigned${lengthNote(missing, extra)}`,
      where,
      expected: enumerate(wanted),
      seen: seen.length === 0 ? 'no address' : enumerate(seen),
    },
  ];
}

/** The right address with another prefix length is the mistake that is overlooked most easily. */
function lengthNote(missing: readonly string[], extra: readonly string[]): string {
  const twins = missing.flatMap((wanted) => {
    const twin = extra.find((address) => withoutLength(address) === withoutLength(wanted));
    return twin === undefined
      ? []
      : [`the prefix length of ${withoutLength(wanted)} is ${lengthOf(twin)}, not ${lengthOf(wanted)}`];
  });
  return twins.length === 0 ? '' : `: ${enumerate(twins)}`;
}

function lengthOf(address: string): string {
  return address.slice(address.indexOf('/') + 1);
}

function comparedMac(where: string, { mac }: LinkState, found: ObservedLink): readonly Evidence[] {
  if (mac === undefined || mac === found.mac) return [];
  return [{ message: `${where} has not the MAC that it was assigned`, where, expected: mac, seen: found.mac }];
}
