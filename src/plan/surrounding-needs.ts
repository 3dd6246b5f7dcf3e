import type { NodeState } from '#lab/state.js';
import type { Requirement } from '../strategy/contract.js';

const switches: Requirement = { kind: 'link', name: 'bridge', why: 'the switches of the LAN' };
const translating: readonly Requirement[] = [
  { kind: 'nftables', name: 'masquerade', why: 'a router between the hosts translates addresses' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the rules of that router' },
];

/**
 * What the network around the hosts needs of the machine: no strategy has to think of it. Pure.
 * @param asked what the strategy asks for, which is not asked for again
 */
export function surroundingNeeds(nodes: readonly NodeState[], asked: readonly Requirement[]): readonly Requirement[] {
  const around = nodes.filter(({ role }) => role !== 'host' && role !== 'container');
  const hasSwitch = around.some(({ links }) => links.some(({ kind }) => kind === 'bridge'));
  const hasRules = around.some(({ nftables }) => nftables !== '');
  const needed = [...(hasSwitch ? [switches] : []), ...(hasRules ? translating : [])];
  return needed.filter(({ kind, name }) => !asked.some((one) => one.kind === kind && one.name === name));
}
