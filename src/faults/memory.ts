/** How nodes were before a fault reached them, so that what it took with it can be put back. */
import type { Lab, LabNode, Missing, Remembered } from '#lab/lab.js';
import { leaseClients, type RunningClient } from '../probes/lease-record.js';
import { patiently } from '../probes/patience.js';
import { type FaultSpec, splitLink } from '../scenario/fault.js';

/** A client that asks once a second, three times; a host waits for up to a second before it asks for routers (RFC 4861, 6.3.7). */
const ASK_MS = 6_000;
/** A look takes milliseconds for each interface. */
const LOOK_MS = 50;

export interface MendContext {
  readonly lab: Lab;
  readonly signal: AbortSignal;
}

/** A fault that is still there. */
interface Other {
  readonly spec: FaultSpec;
  readonly reach: readonly string[];
}

export class Memory {
  readonly #kept = new Map<string, { readonly node: LabNode; readonly before: Remembered }>();

  /** Looks at the nodes that no fault has reached yet. */
  async keep(lab: Lab, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const node = lab.nodes.get(name);
      if (node !== undefined && this.#kept.get(name)?.node !== node)
        this.#kept.set(name, { node, before: await node.remember() });
    }
  }

  /**
   * Puts back what is not there now, as far as the faults that are left allow it, and tells lease clients to ask again.
   * @param others faults that are left
   * @returns what is not back in nodes that no fault reaches any more, in words
   */
  async putBack(context: MendContext, names: readonly string[], others: readonly Other[]): Promise<readonly string[]> {
    const { lab, signal } = context;
    const clients = (await leaseClients(lab)).filter(canRenew);
    // A node that has booted has what a boot gives it.
    const there = names.flatMap((name) => {
      const kept = this.#kept.get(name);
      return kept === undefined || lab.nodes.get(name) !== kept.node ? [] : [{ name, ...kept }];
    });
    for (const { name, node, before } of there)
      await node.restore(before, { keepMtuOf: shrunken(name, others), leased: leasedOf(name, clients) });
    const free = there.filter(({ name }) => !others.some(({ reach }) => reach.includes(name)));
    const lost = await renewed(context, free, clients, signal);
    for (const name of names) if (!others.some(({ reach }) => reach.includes(name))) this.#kept.delete(name);
    return lost;
  }
}

interface Kept {
  readonly name: string;
  readonly node: LabNode;
  readonly before: Remembered;
}

/** Waits for what lease clients and routers have to give back. @returns what is not there then */
async function renewed(
  { lab }: MendContext,
  kept: readonly Kept[],
  clients: readonly RunningClient[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const look = async (): Promise<readonly Missing[]> =>
    (await Promise.all(kept.map(({ node, before }) => node.missing(before)))).flat();
  let lost = await look();
  const lacking = kept.filter(({ name }) => lost.some(({ words }) => words.startsWith(`${name}:`)));
  for (const { service, lease, node } of clients)
    if (lease.renewSignal !== undefined && lacking.some(({ name }) => name === node))
      await lab.signal(service, lease.renewSignal);
  let lookedAtMs = 0;
  const isBack = async (usedMs: number): Promise<boolean> => {
    if (usedMs - lookedAtMs > LOOK_MS) {
      lost = await look();
      lookedAtMs = usedMs;
    }
    return !lost.some(({ isAwaited }) => isAwaited);
  };
  await patiently(isBack, ASK_MS, signal);
  return lost.map(({ words }) => words);
}

const canRenew = ({ service, lease }: RunningClient): boolean => service.isRunning && lease.renewSignal !== undefined;

const leasedOf = (name: string, clients: readonly RunningClient[]) =>
  clients.flatMap(({ node, lease: { link, family } }) => (node === name ? [{ link, family }] : []));

/** Links of the node whose MTU another fault keeps small. */
function shrunken(name: string, others: readonly Other[]): readonly string[] {
  return others.flatMap(({ spec }) => {
    if (spec.fault !== 'mtu') return [];
    const { node, link } = splitLink(spec.at);
    return node === name ? [link] : [];
  });
}
