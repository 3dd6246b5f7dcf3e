/** After a mend: waits for what others have to give back, and tells what is not there then, and why. */
import type { Lab, LabNode, Missing, Remembered } from '#lab/lab.js';
import { leaseClients } from '../probes/lease-record.js';
import { leaseServers } from '../probes/lease-servers.js';
import { patiently } from '../probes/patience.js';
import { type FaultSpec, faultText } from '../scenario/fault.js';

/** A client that asks once a second, three times; a host waits for up to a second before it asks for routers (RFC 4861, 6.3.7). */
const ASK_MS = 6_000;
/** A look takes milliseconds for each interface. */
const LOOK_MS = 50;

export interface MendContext {
  readonly lab: Lab;
  readonly signal: AbortSignal;
}

/** A fault that is still there. */
export interface Other {
  readonly spec: FaultSpec;
  /** Nodes from which it may take something. */
  readonly reach: readonly string[];
  /** What was missing once it was there, and not before: see {@link identityOf}. */
  readonly took: ReadonlySet<string>;
}

/** A node as it was before any fault reached it. */
export interface Kept {
  readonly name: string;
  readonly node: LabNode;
  readonly before: Remembered;
}

/** The same whatever is there instead. */
export const identityOf = ({ node, what }: Missing): string => `${node}: ${what}`;

/** What is not there although a fault that may have taken it is mended. */
export interface NotBack {
  readonly node: string;
  /** `h1c1: route default via 10.1.0.1 on eth0` */
  readonly what: string;
  /** As far as it was found out: `nobody listens for DHCP`. */
  readonly why?: string;
  /** Faults that are left and may keep it away, as the command line says them; none: it could not be put back. */
  readonly faults: readonly string[];
}

export class Recall {
  readonly #lab: Lab;
  readonly #signal: AbortSignal;
  readonly #kept: readonly Kept[];
  readonly #others: readonly Other[];
  readonly #explained: ReadonlySet<string>;
  /** Nobody gives leases of these families. */
  #unserved: readonly string[] = [];

  /** @param kept nodes that the mended faults have reached @param others faults that are left */
  constructor({ lab, signal }: MendContext, kept: readonly Kept[], others: readonly Other[]) {
    this.#lab = lab;
    this.#signal = signal;
    this.#kept = kept;
    this.#others = others;
    this.#explained = new Set(others.flatMap(({ took }) => [...took]));
  }

  async settle(): Promise<readonly NotBack[]> {
    let lacks = await this.#look();
    if (lacks.length === 0) return [];
    const servers = await leaseServers(this.#lab);
    this.#unserved = (['ipv4', 'ipv6'] as const).filter((family) => servers[family].length === 0);
    await this.#askForLeases(lacks.filter((one) => one.giver === 'lease' && this.#isAwaited(one)));
    let lookedAtMs = 0;
    const isBack = async (usedMs: number): Promise<boolean> => {
      if (usedMs - lookedAtMs > LOOK_MS) {
        lacks = await this.#look();
        lookedAtMs = usedMs;
      }
      return !lacks.some((one) => this.#isAwaited(one));
    };
    await patiently(isBack, ASK_MS, this.#signal);
    return lacks.map((one) => this.#told(one));
  }

  /** Without what another fault took itself. */
  async #look(): Promise<readonly Missing[]> {
    const all = await Promise.all(this.#kept.map(async ({ node, before }) => await node.missing(before)));
    return all.flat().filter((one) => !(this.#isReached(one.node) && this.#explained.has(identityOf(one))));
  }

  /** Only where somebody may answer: a client that gets no answer may give up a lease that is still good. */
  async #askForLeases(lacks: readonly Missing[]): Promise<void> {
    for (const { service, lease, node } of await leaseClients(this.#lab)) {
      const isLacking = lacks.some((one) => one.node === node && one.family === lease.family);
      if (service.isRunning && lease.renewSignal !== undefined && isLacking)
        await this.#lab.signal(service, lease.renewSignal);
    }
  }

  #isReached(node: string): boolean {
    return this.#others.some(({ reach }) => reach.includes(node));
  }

  #isAwaited({ node, giver, family = 'ipv4' }: Missing): boolean {
    if (giver === 'lease') return !this.#unserved.includes(family);
    return giver !== undefined && !(giver === 'switch' && this.#isReached(node));
  }

  #told(one: Missing): NotBack {
    const { node, giver, instead } = one;
    const isKeptAway = giver !== undefined || this.#isReached(node);
    const why = this.#why(one);
    return {
      node,
      what: `${identityOf(one)}${instead === undefined ? '' : `, ${instead}`}`,
      ...(why === undefined ? {} : { why }),
      faults: isKeptAway ? this.#others.map(({ spec }) => faultText(spec)) : [],
    };
  }

  #why({ giver, family = 'ipv4' }: Missing): string | undefined {
    if (giver === 'router') return 'no router has advertised it again';
    if (giver !== 'lease') return undefined;
    const protocol = family === 'ipv6' ? 'DHCPv6' : 'DHCP';
    return this.#unserved.includes(family) ? `nobody listens for ${protocol}` : `${protocol} has not given it again`;
  }
}
