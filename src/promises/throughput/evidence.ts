/** Which transfers failed or carried next to nothing, and where. */
import type { CheckContext } from '../../check/contract.js';
import { enumerate, tallied } from '../../check/words.js';
import { differencesOf } from '../../blame/differences.js';
import { goodputBitsPerSecond, type TransferResult } from '../../probes/bulk-transfer.js';
import type { SlowTransfer } from '../../probes/slow-transfers.js';
import type { Evidence } from '../../result/result.js';
import { followTransfer } from '../../trace/follow-transfer.js';
import { figure } from './measured.js';
import { pairName, type Run } from './transfers.js';

/** One piece for the transfers between the same two hosts that did not complete. */
export function lostEvidence(context: CheckContext, broken: readonly TransferResult[]): readonly Promise<Evidence>[] {
  return groups(broken).map((group) => evidenceOf(context, group));
}

function groups(broken: readonly TransferResult[]): ReadonlyArray<readonly TransferResult[]> {
  const byHosts = new Map<string, TransferResult[]>();
  for (const result of broken) {
    const key = [result.from.host ?? '', result.to.host ?? ''].toSorted((a, b) => (a < b ? -1 : 1)).join(' ');
    byHosts.set(key, [...(byHosts.get(key) ?? []), result]);
  }
  return [...byHosts.values()];
}

async function evidenceOf(context: CheckContext, group: readonly TransferResult[]): Promise<Evidence> {
  const [first] = group as readonly [TransferResult];
  const loss = await followTransfer(context, first, group.length);
  const where = loss?.where ?? first.from.host;
  return {
    message: `the TCP transfer ${enumerate(group.map(pairName))} does not complete`,
    ...(where === undefined ? {} : { where }),
    expected: `${first.bytes} bytes at the receiver`,
    seen: `${first.receivedBytes} bytes from ${first.from.node}; ${tallied(group.map(({ problem }) => problem ?? 'no reason'))}${loss === undefined ? '' : `; ${loss.words}`}`,
  };
}

const ends = ({ result: { from, to } }: SlowTransfer) => [from.host ?? from.node, to.host ?? to.node];

/** One piece for all that are slow: what they have in common is told, no more. */
export function slowEvidence(context: CheckContext, { slow }: Run): readonly Promise<Evidence>[] {
  const [first] = slow;
  if (first === undefined) return [];
  const common = ends(first).filter((host) => slow.every((one) => ends(one).includes(host)));
  const told = async (): Promise<Evidence> => {
    const nodes = [
      ...new Set(slow.flatMap(({ result: { from, to } }) => [from.node, to.node]).concat(slow.flatMap(ends))),
    ];
    const differences = await differencesOf(context, nodes);
    return {
      message: `${enumerate(slow.map(({ result }) => pairName(result)))} ${slow.length === 1 ? 'carries' : 'carry'} next to nothing`,
      ...(common.length === 1 ? { where: common[0] ?? '' } : {}),
      expected: `at least a hundredth of what the best of their likes gets: ${figure(first.bestBitsPerSecond)} Gbit/s`,
      seen: [
        `${enumerate(slow.map(({ result }) => `${figure(goodputBitsPerSecond(result))} Gbit/s`))}, measured twice`,
        ...(common.length === 1 ? [`all of them begin or end at ${common[0] ?? ''}`] : []),
        ...differences,
      ].join('; '),
    };
  };
  return [told()];
}
