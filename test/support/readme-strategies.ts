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
  const rows = all.map((strategy) => [`\`${strategy.name}\``, strategy.summary, sourceOf(strategy), needsOf(strategy)]);
  return table(['strategy', 'how it works', 'from', 'needs'], rows);
}

function sourceOf({ source: { text, url } }: Strategy): string {
  return url === undefined ? text : `[${text}](${url})`;
}

/** With its defaults. */
function needsOf({ name }: Strategy): string {
  const scenario = parseScenario(`strategy: ${name}\n`, { file: 'defaults', defaultName: name, strategies });
  const { requirements } = makePlan(scenario, strategies.get(name) as Strategy);
  return [...new Set(requirements.map(needWords))].join(', ');
}

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
