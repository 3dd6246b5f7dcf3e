/** Addresses and MACs that are there twice, by state and by what answered on the wire. Pure. */
import type { Plan } from '../../plan/plan.js';
import type { Evidence } from '../../result/result.js';
import { type Holder, type Holders, holderName } from '../../probes/holders.js';
import { enumerate } from '../../check/words.js';

/** Somebody said on the wire that he has an address which another node has. */
export interface Claim {
  readonly address: string;
  /** Node whose address it is. */
  readonly owner: string;
  /** Nodes with the MAC of whoever claimed it; empty when no node of the lab has that MAC. */
  readonly claimants: readonly string[];
  /** `h2c1 (02:42:0a:01:02:02) answered the ARP probe of h1c1` */
  readonly words: string;
}

/** One piece of evidence for each address, and one for each MAC, that more than one node has. */
export function duplicateEvidence(plan: Plan, holders: Holders, claims: readonly Claim[]): readonly Evidence[] {
  const addresses = new Set([...twice(holders.addresses), ...claims.map(({ address }) => address)]);
  return [
    ...[...addresses].map((address) => {
      const own = claims.filter((claim) => claim.address === address);
      return duplicate(address, holders.ofAddress(address), plannedOwners(plan, address), own);
    }),
    ...twice(holders.macs).map((mac) => duplicate(`MAC ${mac}`, holders.ofMac(mac), plannedMacOwners(plan, mac), [])),
  ];
}

function twice(map: ReadonlyMap<string, readonly Holder[]>): readonly string[] {
  return [...map].filter(([, found]) => new Set(found.map(({ node }) => node)).size > 1).map(([key]) => key);
}

function duplicate(
  what: string,
  found: readonly Holder[],
  planned: readonly string[],
  claims: readonly Claim[],
): Evidence {
  const nodes = [...new Set([...found.map(({ node }) => node), ...claims.flatMap(({ claimants }) => claimants)])];
  const intruders = nodes.filter((node) => !planned.includes(node));
  // Where the plan itself gives it to several, none of them is more to blame than the others.
  const where = intruders.length > 0 ? intruders : nodes;
  const byState = found.length === 0 ? [] : [`by their own state ${enumerate(found.map(holderName))} have it`];
  return {
    message: `${what} is there twice: on ${enumerate(nodes.length > 1 ? nodes : [...nodes, 'a machine that is no node'])}`,
    where: enumerate(where),
    expected: planned.length === 1 ? `only ${planned[0]} has it` : 'at most one node has it',
    seen: [...byState, ...claims.map(({ words }) => words)].join('; '),
  };
}

function plannedOwners({ nodes }: Plan, address: string): readonly string[] {
  const has = (addresses: readonly string[]) => addresses.some((own) => own.split('/', 1)[0] === address);
  return nodes.filter(({ links }) => links.some(({ addresses }) => has(addresses))).map(({ name }) => name);
}

function plannedMacOwners({ nodes }: Plan, mac: string): readonly string[] {
  return nodes.filter(({ links }) => links.some((link) => link.mac === mac)).map(({ name }) => name);
}
