/** The README's part on strategies, written from what they declare. */
import { type Choice, needsOf, scenarioChoices } from '#src/cli/needs.js';
import { type PromiseName, promiseNames } from '#src/promise/promise.js';
import type { Requirement, Strategy } from '#src/strategy/contract.js';
import { strategies } from '#src/strategy/index.js';

const all = [...strategies.values()];
const signs = { promised: '✔', absent: '–', silent: '' } as const;

/** Three tables: what there is, who promises what, and in folds why. */
export function strategiesSection(): string {
  return [overview(), matrix(), ...all.map(reasons)].join('\n\n');
}

function overview(): string {
  const rows = all.map((strategy) => {
    // Where nothing is available the machine decides for what every kernel has.
    const { requirements, choices } = needsOf(strategy, new Set());
    const needs = [wordsOf(requirements), ...choices.map(choiceWords)].join('; ');
    return [`\`${strategy.name}\``, strategy.summary, sourceOf(strategy), needs, who(requirements, choices)];
  });
  const also = scenarioChoices().map((choice) => `Any strategy: ${choiceWords(choice)}.`);
  return `${table(['strategy', 'how it works', 'from', 'needs', 'who can run it'], rows)}\n\n${also.join(' ')}`;
}

function who(requirements: readonly Requirement[], choices: readonly Choice[]): string {
  const tun = 'root, or a user who may open `/dev/net/tun`';
  if (requirements.some(isTun)) return tun;
  const some = choices.filter((choice) => choice.requirements.some(isTun));
  return some.length === 0 ? 'any user' : `any user; ${some.map(choiceName).join(', ')}: ${tun}`;
}

const choiceName = ({ parameter, value }: Choice): string => `\`${parameter}: ${value}\``;
const choiceWords = (choice: Choice): string => `with ${choiceName(choice)} also ${wordsOf(choice.requirements)}`;

function wordsOf(requirements: readonly Requirement[]): string {
  return [...new Set(requirements.map(needWords))].join(', ');
}

function sourceOf({ source: { text, url } }: Strategy): string {
  return url === undefined ? text : `[${text}](${url})`;
}

/** A device that only root may open on some machines; `netlab doctor` tries it. */
const isTun = ({ kind, name }: Requirement): boolean => kind === 'link' && name === 'tun';

function needWords(requirement: Requirement): string {
  if (requirement.kind === 'nftables') return 'nftables';
  return requirement.kind === 'binary' ? `\`${requirement.name}\`` : requirement.name;
}

function matrix(): string {
  const sign = (promise: PromiseName) => all.map(({ promises }) => signs[promises[promise].declared]);
  return `✔ promised, – absent, nothing where a strategy says nothing. Each is measured in all three cases.\n\n${table(
    ['promise', ...all.map(({ name }) => name)],
    promiseNames.map((promise) => [promise, ...sign(promise)]),
  )}`;
}

function reasons({ name, title, promises }: Strategy): string {
  const rows = promiseNames.map((promise) => [promise, promises[promise].declared, promises[promise].why]);
  return `<details>
<summary><b>${name}</b>: ${title}; every promise, and why</summary>

${table(['promise', 'declared', 'why'], rows)}

</details>`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), `|${header.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
