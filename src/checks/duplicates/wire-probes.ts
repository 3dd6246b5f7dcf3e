/**
 * Duplicate address detection on the wire: from each node's own link, is its own address answered by somebody else?
 * The same probe for an address that is there must be answered, or the silence proves nothing.
 */
import type { Endpoint } from '../../plan/plan.js';
import { siteOf } from '../blame/scopes.js';
import type { CheckContext } from '../contract.js';
import { observeHolders } from '../holders.js';
import type { Control, DeafLink } from './control-probes.js';
import type { Claim } from './duplicates.js';
import { type BatchFindings, probeBatch } from './probe-batch.js';

/** Every probe is a broadcast, read by every listener: N of them are N^2 frames. */
const batchSize = 48;
/** More endpoints than these are sampled, spread over all of them. The state of every node is compared in any case. */
const mostProbed = 96;

export interface WireFindings {
  readonly claims: readonly Claim[];
  /** Addresses probed, and how many there are. */
  readonly probed: number;
  readonly possible: number;
  readonly controls: readonly Control[];
  /** Links on which no control probe was answered. */
  readonly deaf: readonly DeafLink[];
  /** Some control probe was answered by a machine on another host or on the LAN. */
  readonly reachesOtherHosts: boolean;
}

/** Probes the addresses of containers, hosts and outsiders, each from its own link, all in a few batches. */
export async function detectDuplicates(context: CheckContext): Promise<WireFindings> {
  const all = context.plan.endpoints.filter(({ role }) => role !== 'world');
  const chosen = spread(all, mostProbed);
  const holders = observeHolders(context.lab);
  const findings: BatchFindings[] = [];
  for (let start = 0; start < chosen.length; start += batchSize)
    findings.push(await probeBatch(context, holders, chosen.slice(start, start + batchSize), all));
  const controls = findings.flatMap((batch) => batch.controls);
  return {
    claims: distinctClaims(findings.flatMap(({ claims }) => claims)),
    probed: countAddresses(chosen),
    possible: countAddresses(all),
    controls,
    deaf: findings.flatMap(({ deaf }) => deaf),
    reachesOtherHosts: controls.some(({ answered, from, to }) => answered && siteOf(from) !== siteOf(to)),
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
