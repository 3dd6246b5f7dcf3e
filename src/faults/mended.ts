/** What a mend tells: which faults are gone, and what of all that they took is not back. Pure. */
import type { NotBack } from './recall.js';

/** A fault that is there no longer. */
export interface Mended {
  readonly fault: string;
  /** How it was seen to be gone. */
  readonly seen: string;
  /** What it took with it and could not be put back, in words: `h1c1: route default via 10.1.0.1 on eth0`. */
  readonly lost: readonly string[];
  /** What it may have taken with it and is not back yet, while other faults are there. */
  readonly pending: readonly Pending[];
}

export interface Pending {
  /** `h1c1: route default via 10.1.0.1 on eth0` */
  readonly what: string;
  /** As far as it was found out: `nobody listens for DHCP`. */
  readonly why?: string;
  /** Faults that are still there, as the command line says them. */
  readonly faults: readonly string[];
}

/** A fault that has been mended. */
export interface Gone {
  readonly fault: string;
  /** How it was seen to be gone. */
  readonly seen: string;
  /** Nodes from which it may have taken something. */
  readonly reach: readonly string[];
}

/** What is not back is told of the last fault that reached its node. */
export function mendedOf(done: readonly Gone[], notBack: readonly NotBack[]): readonly Mended[] {
  const ownerOf = ({ node }: NotBack): Gone | undefined =>
    done.findLast(({ reach }) => reach.includes(node)) ?? done.at(-1);
  return done.map((one) => {
    const own = notBack.filter((entry) => ownerOf(entry) === one);
    return {
      fault: one.fault,
      seen: one.seen,
      lost: own.flatMap(({ what, why, faults }) =>
        faults.length > 0 ? [] : [why === undefined ? what : `${what}: ${why}`],
      ),
      pending: own.flatMap(({ node: _, ...pending }) => (pending.faults.length > 0 ? [pending] : [])),
    };
  });
}
