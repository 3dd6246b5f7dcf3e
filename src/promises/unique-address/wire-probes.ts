/**
 * Duplicate address detection on the wire: from each node's own link, is its own address answered by somebody else?
 * The same probe for an address that is there must be answered, or the silence proves nothing.
 */
import { inWindow } from '#lab/turns.js';
import type { Endpoint } from '../../plan/plan.js';
import type { CheckContext } from '../../check/contract.js';
import type { Holders } from '../../probes/holders.js';
import type { Control, DeafLink } from './control-probes.js';
import type { Claim } from './duplicates.js';
import { probeAll } from './probe-round.js';

/**
 * Every probe is a broadcast that every listener reads, and every listener's socket takes the kernel some 10 ms to close:
 * of more endpoints than these a sample is probed, spread over all of them. The state of every node is compared in any case.
 */
const mostProbed = 48;

export interface WireFindings {
  readonly claims: readonly Claim[];
  /** Addresses probed on wires where somebody else is to be heard, and how many addresses there are. */
  readonly probed: number;
  readonly possible: number;
  readonly controls: readonly Control[];
  /** Links on which no control probe was answered. */
  readonly deaf: readonly DeafLink[];
  /** Some container's control probe was answered by a machine on another host or on the LAN. */
  readonly reachesOtherHosts: boolean;
}

/** Probes the addresses of containers, hosts and outsiders, each from its own link, all at once. */
export async function detectDuplicates(context: CheckContext, holders: Holders): Promise<WireFindings> {
  const all = context.plan.endpoints.filter(({ role }) => role !== 'world');
  const chosen = spread(all, mostProbed);
  const probe = async () => await probeAll(context, holders, chosen, all);
  // In a large network these broadcasts and those of the other checks would push each other out of the kernel's queues.
  const alone = async () => (await inWindow(context.lab, probe, context.signal)).value;
  const { claims, controls, deaf } = all.length > mostProbed ? await alone() : await probe();
  return {
    claims: distinctClaims(claims),
    probed: new Set(controls.map(({ from, family }) => `${from.node} ${family}`)).size,
    possible: countAddresses(all),
    controls,
    deaf,
    reachesOtherHosts: controls.some(({ answered, from, isFar }) => answered && isFar && from.role === 'container'),
  };
}

function spread(endpoints: readonly Endpoint[], most: number): readonly Endpoint[] {
  const step = Math.max(1, endpoints.length / most);
  const count = Math.min(endpoints.length, most);
  return Array.from({ length: count }, (_, index) => endpoints[Math.floor(index * step)]).filter(
    (endpoint) => endpoint !== undefined,
  );
}

function countAddresses(endpoints: readonly Endpoint[]): number {
  return endpoints.reduce((sum, { ipv6 }) => sum + (ipv6 === undefined ? 1 : 2), 0);
}

/** A machine that has an address says so again and again. */
function distinctClaims(claims: readonly Claim[]): readonly Claim[] {
  return [...new Map(claims.map((claim) => [claim.words, claim])).values()];
}
