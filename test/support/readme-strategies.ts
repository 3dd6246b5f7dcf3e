/** The README's part on strategies, written from what they declare. */
import { existsSync, readFileSync } from 'node:fs';
import { type Choice, needsOf, scenarioChoices } from '#src/cli/needs.js';
import { type PromiseName, promiseNames } from '#src/declaration/promise.js';
import type { Requirement, Strategy } from '#src/strategy/contract.js';
import { parseStored } from '#src/result/stored.js';
import type { ComparedRun, Comparison } from '#src/result/comparison.js';
import { strategies } from '#src/strategy/index.js';

const all = [...strategies.values()];
const signs = { kept: '✔', BROKEN: '**✖**', absent: '–', extra: '+', unverified: '?' } as const;
const sample = 'reports/sample/comparison.json';

/** Three tables: what there is, who keeps what, and in folds what is promised, and why. */
export function strategiesSection(): string {
  return [overview(), matrix(), ...all.map(reasons)].join('\n\n');
}

function overview(): string {
  const rows = all.map((strategy) => {
    // Where nothing is available the machine decides for what every kernel has.
    const { requirements, choices } = needsOf(strategy, new Set());
    const needs = [wordsOf(requirements), ...choices.map(choiceWords)].join('; ');
    const how = `${strategy.summary}${pictureOf(strategy)}`;
    return [`\`${strategy.name}\``, how, sourceOf(strategy), needs, who(requirements, choices)];
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

/** Of the network that the sample measured. */
function pictureOf({ name }: Strategy): string {
  const picture = `reports/sample/${name}.svg`;
  return existsSync(new URL(`../../${picture}`, import.meta.url)) ? ` [Picture](${picture})` : '';
}

/** A device that only root may open on some machines; `netlab doctor` tries it. */
const isTun = ({ kind, name }: Requirement): boolean => kind === 'link' && name === 'tun';

function needWords(requirement: Requirement): string {
  if (requirement.kind === 'nftables') return 'nftables';
  return requirement.kind === 'binary' ? `\`${requirement.name}\`` : requirement.name;
}

/** As measured, by the committed sample. */
function matrix(): string {
  const comparison = readSample();
  const columns = all.map(({ name }) => comparison.runs.find((run) => run.name === name));
  const legend =
    '✔ kept, – not promised and not there, + not promised but there, ? not verified, empty: not in that run';
  return `${where(comparison)} ${legend}.\n\n${table(
    ['promise', ...all.map(({ name }) => name)],
    promiseNames.map((promise) => [promise, ...columns.map((run) => signOf(promise, run))]),
  )}`;
}

function readSample(): Comparison {
  const text = readFileSync(new URL(`../../${sample}`, import.meta.url), 'utf8');
  const stored = parseStored(text, sample);
  if (stored.kind === 'run') throw new Error(`${sample} is no comparison`);
  return stored.comparison;
}

function where({ runs, startedAt, netlabVersion }: Comparison): string {
  const environment = runs[0]?.result.environment;
  const kernel = environment?.kernel.split('.').slice(0, 2).join('.') ?? '';
  const day = startedAt.slice(0, 'YYYY-MM-DD'.length);
  const report = '[reports/sample](reports/sample/comparison.md)';
  return `As measured on three hosts each by \`npm run sample\` (netlab ${netlabVersion}, Linux ${kernel}, ${day}); the whole report is in ${report}.`;
}

function signOf(promise: PromiseName, run: ComparedRun | undefined): string {
  const found = run?.result.promises.find((one) => one.promise === promise);
  return found === undefined ? '' : signs[found.cell];
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
