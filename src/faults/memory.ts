/** How nodes were before a fault reached them, so that what it took with it can be put back. */
import type { Lab, Remembered, RestoreLimits } from '#lab/lab.js';
import { leaseClients, readLease, type RunningClient } from '../probes/lease-record.js';
import { splitLink } from '../scenario/fault.js';
import { identityOf, type Kept, type MendContext, type NotBack, type Other, Recall } from './recall.js';

export class Memory {
  readonly #kept = new Map<string, Kept>();
  /** Nodes that lack something which a fault that is left may keep away. */
  #lacking: readonly string[] = [];

  readonly before = (name: string): Remembered | undefined => this.#kept.get(name)?.before;

  /** Looks at the nodes that no fault has reached yet. */
  async keep(lab: Lab, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const node = lab.nodes.get(name);
      if (node !== undefined && this.#kept.get(name)?.node !== node)
        this.#kept.set(name, { name, node, before: await node.remember() });
    }
  }

  /** What these nodes lack now: see {@link identityOf}. */
  async taken(lab: Lab, names: readonly string[]): Promise<ReadonlySet<string>> {
    const lacks = await Promise.all(
      this.#there(lab, names).map(async ({ node, before }) => await node.missing(before)),
    );
    return new Set(lacks.flat().map(identityOf));
  }

  /** Puts back what is not there now, as far as the faults that are left allow it. */
  async putBack({ lab }: MendContext, names: readonly string[], others: readonly Other[]): Promise<void> {
    const clients = (await leaseClients(lab)).filter(({ service }) => service.isRunning);
    for (const kept of this.#there(lab, names)) {
      const own = clients.filter(({ node }) => node === kept.name);
      await kept.node.restore(kept.before, {
        mtus: mtusOf(kept.name, others),
        leased: await lostLeases(lab, kept, own),
      });
    }
  }

  /**
   * Tells lease clients to ask again, and waits for what others have to give back.
   * @param others faults that are left
   * @returns what is not back then, and is not for another fault to give back
   */
  async settle(context: MendContext, names: readonly string[], others: readonly Other[]): Promise<readonly NotBack[]> {
    const looked = [...new Set([...names, ...this.#lacking])];
    const notBack = await new Recall(context, this.#there(context.lab, looked), others).settle();
    this.#lacking = [...new Set(notBack.flatMap(({ node, faults }) => (faults.length > 0 ? [node] : [])))];
    for (const name of looked)
      if (!this.#lacking.includes(name) && !others.some(({ reach }) => reach.includes(name))) this.#kept.delete(name);
    return notBack;
  }

  /** A node that has booted has what a boot gives it. */
  #there(lab: Lab, names: readonly string[]): readonly Kept[] {
    return names.flatMap((name) => {
      const kept = this.#kept.get(name);
      return kept === undefined || lab.nodes.get(name) !== kept.node ? [] : [kept];
    });
  }
}

/**
 * Interfaces and families whose client has given up what it had then, and asks for a lease once more. What another one had
 * been given is put back: a client does not look whether it is still there before half of the lease's time is over.
 */
async function lostLeases(
  lab: Lab,
  { before }: Kept,
  clients: readonly RunningClient[],
): Promise<RestoreLimits['leased']> {
  const hadAddress = (address = ''): boolean =>
    before.entries.some(({ kind, words }) => kind === 'address' && words.startsWith(`address ${address}/`));
  const leased = clients.map(async (client) => {
    const { link, family, renewSignal } = client.lease;
    const record = renewSignal === undefined ? undefined : await readLease(lab, client);
    const isHeld = renewSignal === undefined || hadAddress(record?.NetworkSettings['IPAddress']);
    return isHeld ? [] : [{ link, family }];
  });
  return (await Promise.all(leased)).flat();
}

/** MTUs of the node's links that other faults want, in bytes. */
function mtusOf(name: string, others: readonly Other[]): Readonly<Record<string, number>> {
  const own = others.flatMap(({ spec }) => {
    if (spec.fault !== 'mtu') return [];
    const { node, link } = splitLink(spec.at);
    return node === name ? [[link, spec.mtuBytes] as const] : [];
  });
  return Object.fromEntries(own);
}
