/** The README's part on strategies, written from what they declare. */
import { makePlan } from '#src/plan/make-plan.js';
import { type PromiseName, promiseNames } from '#src/promise/promise.js';
import { parseScenario } from '#src/scenario/parse.js';
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
    const requirements = requirementsOf(strategy);
    const who = requirements.some(isTun) ? 'root, or a user who may open `/dev/net/tun`' : 'any user';
    const needs = [...new Set(requirements.map(needWords))].join(', ');
    return [`\`${strategy.name}\``, strategy.summary, sourceOf(strategy), needs, who];
  });
  return table(['strategy', 'how it works', 'from', 'needs', 'who can run it'], rows);
}

function sourceOf({ source: { text, url } }: Strategy): string {
  return url === undefined ? text : `[${text}](${url})`;
}

/** With its defaults. */
function requirementsOf({ name }: Strategy): readonly Requirement[] {
  const scenario = parseScenario(`strategy: ${name}\n`, { file: 'defaults', defaultName: name, strategies });
  return makePlan(scenario, strategies.get(name) as Strategy).requirements;
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
