/** What happens to packets of one direction of a cable: dropped where they come in, at one end or the other. */
import { LabError } from '#lab/errors.js';
import type { LinkName } from '../scenario/fault.js';
import type { Applied, FaultContext } from './contract.js';
import { droppedBy, ingressChains, loadTable, removeTable, sendBurst, tableName, type Burst } from './firewall.js';
import { cableWay, endName, hasCarrier, type Way } from './places.js';

export interface Impairment {
  readonly at: LinkName;
  readonly direction: 'in' | 'out';
  /** What the table is called, beside the interface. */
  readonly name: string;
  /** An nftables expression: what of the packets is dropped. */
  readonly rule: string;
  /** Test frames, so many at a time. */
  readonly burst: Omit<Burst, 'to'>;
  /** Bursts that are tried until one frame was dropped. */
  readonly tries: number;
}

/** @throws LabError when none of all test frames is dropped */
export async function impair(impairment: Impairment, context: FaultContext): Promise<Applied> {
  const { at, direction, name, rule } = impairment;
  const { from, to } = cableWay(context.plan, at, direction);
  const table = tableName('netdev', name, to.link);
  const mend = async (): Promise<string> => {
    const node = context.lab.nodes.get(to.node);
    if (node !== undefined) await removeTable(node, table);
    return `${endName(to)} takes all that comes`;
  };
  await loadTable(context.lab.node(to.node), table, ingressChains(to.link, rule));
  try {
    return { seen: await proof(impairment, context, { from, to, table }), mend };
  } catch (error) {
    await mend();
    throw error;
  }
}

async function proof(
  { burst, tries }: Impairment,
  { lab, signal }: FaultContext,
  { from, to, table }: Way & { readonly table: string },
): Promise<string> {
  if (!(await hasCarrier(lab.node(to.node), to.link)))
    return `${endName(to)} has no carrier; it will drop once it has one`;
  for (let tried = 1; tried <= tries; tried += 1) {
    signal.throwIfAborted();
    await sendBurst(lab.node(from.node), from, { ...burst, to: 'cable' });
    const sent = tried * burst.frames;
    const dropped = await droppedBy(lab.node(to.node), table);
    if (dropped > 0) return `${endName(to)} dropped ${dropped} of ${sent} test frames from ${endName(from)}`;
  }
  throw new LabError(`${endName(to)} dropped none of ${tries * burst.frames} test frames from ${endName(from)}`);
}
