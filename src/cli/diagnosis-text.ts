/** `netlab doctor` for people. */
import { asCalled } from '../report/command-name.js';
import { marks, paint, type Style } from '../report/style.js';
import { type Column, renderTable, type TableCell } from '../report/table.js';
import { count, hang } from '../report/text.js';
import type { Missing } from '#lab/capabilities.js';
import type { ChoiceDiagnosis, Diagnosis, Finding, StrategyDiagnosis } from './diagnosis.js';

/** @param all also what no strategy needs, each in a row of its own */
export function renderDiagnosis(diagnosis: Diagnosis, style: Style, all: boolean): string {
  const needed = diagnosis.findings.filter(isNeeded);
  const others = diagnosis.findings.filter((one) => !isNeeded(one));
  const blocks = [
    machineLines(diagnosis, style),
    [findingsTable(all ? [...needed, ...others] : needed, style)],
    all ? [] : othersLines(others, style),
    diagnosis.strategies.flatMap((one) => strategyLines(one, diagnosis, style)),
    benchLines(diagnosis, style),
    diagnosis.choices.flatMap((one) => hang('', `any strategy with ${choiceText(one)}`, style.width)),
  ];
  const shown = blocks.filter((block) => block.length > 0);
  return `${shown.map((block) => block.join('\n')).join('\n\n')}\n`;
}

const isNeeded = ({ neededBy, neededWith }: Finding): boolean => neededBy.length + neededWith.length > 0;

function machineLines(diagnosis: Diagnosis, style: Style): readonly string[] {
  const { netlabVersion, kernel, node, cores, privilege, userNamespaces } = diagnosis;
  const facts = [`netlab ${netlabVersion}`, `Linux ${kernel}`, `Node.js ${node}`, count(cores, 'core')];
  const rights = {
    root: 'you are root; an ordinary user can run the same labs where user namespaces are allowed',
    'user namespace': 'you are an ordinary user: labs are made in a user namespace',
    none: `no lab can be started: ${userNamespaces.detail}`,
  }[privilege];
  const remedy = privilege === 'none' ? hang('  What to do: ', userNamespaces.remedy, style.width) : [];
  return [facts.join(` ${marks(style).dot} `), ...hang('', rights, style.width), ...remedy];
}

const columns: readonly Column[] = [
  { header: 'What' },
  { header: 'Here' },
  { header: 'Needed by', flexible: true },
  { header: 'What to do', flexible: true },
];

function findingsTable(findings: readonly Finding[], style: Style): string {
  const rows = findings.map(({ name, available, detail, remedy, neededBy, neededWith }): readonly TableCell[] => [
    nameForPeople(name),
    available
      ? { text: hereText(name, detail), tone: 'good' }
      : { text: 'missing', tone: neededBy.length === 0 ? 'quiet' : 'bad' },
    [...neededBy, ...neededWith].join(', ') || '-',
    available ? '-' : remedy,
  ]);
  return renderTable(columns, rows, style);
}

const hereText = (name: string, detail: string): string => (name.startsWith('program:') ? detail : 'yes');

function nameForPeople(name: string): string {
  const [kind = '', rest] = name.split(':');
  return rest === undefined ? kind : kind === 'program' ? rest : `${rest} (${kind})`;
}

/** Nobody misses these now; a line each would bury what matters. */
function othersLines(others: readonly Finding[], style: Style): readonly string[] {
  const list = (available: boolean): string =>
    others.flatMap((one) => (one.available === available ? [nameForPeople(one.name)] : [])).join(', ');
  const lines = [
    ...hang('not needed, here: ', list(true) || 'none', style.width),
    ...hang('not needed, missing: ', list(false) || 'none', style.width),
  ];
  return lines.map((line) => paint(style, 'quiet', line));
}

function strategyLines(one: StrategyDiagnosis, { privilege }: Diagnosis, style: Style): readonly string[] {
  const { strategy, decided } = one;
  const details = [
    ...decided.map(({ parameter, value, why }) => `${parameter}: ${value}, because ${why}`),
    ...one.choices.map(choiceText),
  ].flatMap((text) => hang('  ', text, style.width));
  if (one.missing.length === 0 && privilege !== 'none') {
    const who = one.missingForUser?.length === 0 ? ', as root or as an ordinary user' : '';
    const title = `${paint(style, 'good', marks(style).good)} ${strategy} can run here${who}: ${asCalled(`netlab run ${strategy}`, style.command)}`;
    const refused = missingTexts(one.missingForUser ?? []).map((text) => `not as an ordinary user: ${text}`);
    return [title, ...refused.flatMap((text) => hang('  ', text, style.width)), ...details];
  }
  const title = paint(style, 'bad', `${marks(style).bad} ${strategy} cannot run here`);
  return [title, ...missingTexts(one.missing).flatMap((text) => hang('  ', text, style.width)), ...details];
}

function benchLines({ bench, privilege }: Diagnosis, style: Style): readonly string[] {
  if (privilege !== 'none' && bench.missing.length === 0)
    return [
      `${paint(style, 'good', marks(style).good)} ${asCalled('netlab bench', style.command)} can measure everything here`,
    ];
  const title = paint(style, 'bad', `${marks(style).bad} netlab bench cannot measure everything here`);
  return [title, ...missingTexts(bench.missing).flatMap((text) => hang('  ', text, style.width))];
}

function missingTexts(missing: readonly Missing[]): readonly string[] {
  return missing.map(({ requirement, detail, remedy }) => `${requirement}: ${detail}; ${remedy}`);
}

/** `forwarding: kv also needs program etcd, which is here` */
function choiceText({ parameter, value, needs, missing }: ChoiceDiagnosis): string {
  const all = `${parameter}: ${value} also needs ${needs.join(', ')}`;
  if (missing.length === 0) return `${all}: here`;
  return `${all}: not here. ${missingTexts(missing).join('. ')}`;
}
