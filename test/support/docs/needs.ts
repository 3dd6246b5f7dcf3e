/** What strategies need of a machine, in words. */
import { type Choice, needsOf, scenarioChoices } from '#src/cli/needs.js';
import type { Requirement, Strategy } from '#src/strategy/contract.js';

/** `veth, bridge, nftables, `nft`; with `x: y` also ...` */
export function needsText(strategy: Strategy): string {
  // Where nothing is available the machine decides for what every kernel has.
  const { requirements, choices } = needsOf(strategy, new Set());
  return [wordsOf(requirements), ...choices.map(choiceWords)].join('; ');
}

export function whoCan(strategy: Strategy): string {
  const { requirements, choices } = needsOf(strategy, new Set());
  const tun = 'root, or a user who may open `/dev/net/tun`';
  if (requirements.some(isTun)) return tun;
  const some = choices.filter((choice) => choice.requirements.some(isTun));
  return some.length === 0 ? 'any user' : `any user; ${some.map(choiceName).join(', ')}: ${tun}`;
}

/** What a scenario may add to any strategy, whichever it is. */
export const addedNeeds = (): string => scenarioChoices().map(choiceWords).join('; ');

const choiceName = ({ parameter, value }: Choice): string => `\`${parameter}: ${value}\``;
const choiceWords = (choice: Choice): string => `with ${choiceName(choice)} also ${wordsOf(choice.requirements)}`;

function wordsOf(requirements: readonly Requirement[]): string {
  return [...new Set(requirements.map(needWords))].join(', ');
}

/** A device that only root may open on some machines; `netlab doctor` tries it. */
const isTun = ({ kind, name }: Requirement): boolean => kind === 'link' && name === 'tun';

function needWords(requirement: Requirement): string {
  if (requirement.kind === 'nftables') return 'nftables';
  return requirement.kind === 'binary' ? `\`${requirement.name}\`` : requirement.name;
}
