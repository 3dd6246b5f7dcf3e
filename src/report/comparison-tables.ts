/** The tables of a comparison for a terminal. */
import type { ComparedRun } from '../result/comparison.js';
import type { RunResult } from '../result/result.js';
import {
  durationOf,
  type MatrixRow,
  matrixOf,
  mtuFacts,
  needsParts,
  noNeeds,
  numbersText,
  phaseMs,
  wasBuilt,
} from './comparison-model.js';
import type { Block } from './findings.js';
import { shownCell } from './matrix.js';
import { marks, paint, type Style } from './style.js';
import { type Column, renderTable, type TableCell } from './table.js';
import { chainText, timerChain } from './protocol-timers.js';
import { formatDuration, hang } from './text.js';

/** The matrix of promises; as many tables below each other as it takes for every cell to stand there in words. */
export function matrixBlocks(runs: readonly ComparedRun[], style: Style): readonly Block[] {
  const rows = matrixOf(runs);
  if (rows.length === 0) return [['  No promise was measured.']];
  const names = Math.max(...rows.map(({ promise }) => promise.length));
  const widths = runs.map(({ name }, index) => columnWidth(name, rows, index, style));
  return fitting(widths, style.width - names).map((indexes) => matrixTable(runs, rows, indexes, style).split('\n'));
}

function matrixTable(
  runs: readonly ComparedRun[],
  rows: readonly MatrixRow[],
  indexes: readonly number[],
  style: Style,
): string {
  const columns: readonly Column[] = [
    { header: 'promise' },
    ...indexes.map((index) => ({ header: runs[index]?.name ?? '' })),
  ];
  const contents = rows.map(({ promise, cells }): readonly TableCell[] => [
    promise,
    ...indexes.map((index) => shownCell(cells[index]?.cell ?? 'not measured', style)),
  ]);
  return renderTable(columns, contents, style);
}

function columnWidth(name: string, rows: readonly MatrixRow[], index: number, style: Style): number {
  const cells = rows.map(({ cells: all }) => shownCell(all[index]?.cell ?? 'not measured', style));
  return Math.max(name.length, ...cells.map((cell) => (typeof cell === 'string' ? cell : cell.text).length));
}

const gap = 2;

/** Places of columns, as groups that each have room beside the first column; at least one column in each. */
function fitting(widths: readonly number[], room: number): ReadonlyArray<readonly number[]> {
  const groups: number[][] = [];
  let left = 0;
  for (const [index, width] of widths.entries()) {
    if (groups.length === 0 || left < width + gap) {
      groups.push([]);
      left = room;
    }
    groups.at(-1)?.push(index);
    left -= width + gap;
  }
  return groups;
}

const shownMs = (durationMs: number | undefined): string =>
  durationMs === undefined ? '-' : formatDuration(durationMs);

/** A column of numbers: its head, and what a run has there. */
type Numbers = readonly [header: string, textOf: (result: RunResult) => string];

const mtuColumns: readonly Numbers[] = [
  ['wire', (result) => String(mtuFacts(result).wireBytes ?? '-')],
  ['predicted', (result) => String(mtuFacts(result).predictedBytes)],
  ['interfaces', (result) => numbersText(mtuFacts(result).interfaceBytes)],
  ['delivered', (result) => numbersText(mtuFacts(result).deliveredBytes)],
];

const timeColumns: readonly Numbers[] = [
  ['build', (result) => shownMs(phaseMs(result, 'build'))],
  ['converge', (result) => shownMs(phaseMs(result, 'converge'))],
  ['verify', (result) => shownMs(phaseMs(result, 'verify'))],
  ['in all', (result) => (wasBuilt(result) ? formatDuration(durationOf(result)) : '-')],
];

/** From this width on MTU and times fit beside each other. */
const wideColumns = 96;

/** MTU and time of each run. */
export function numbersBlocks(runs: readonly ComparedRun[], style: Style): readonly Block[] {
  const tables: ReadonlyArray<readonly [string, readonly Numbers[]]> =
    style.width >= wideColumns
      ? [['MTU in bytes', [...mtuColumns, ...timeColumns]]]
      : [
          ['MTU in bytes', mtuColumns],
          ['time', timeColumns],
        ];
  return tables.map(([header, numbers]) => {
    const columns: readonly Column[] = [
      { header, flexible: true },
      ...numbers.map(([name]) => ({ header: name, align: 'right' as const })),
    ];
    const rows = runs.map(({ name, result }) => [name, ...numbers.map(([, textOf]) => textOf(result))]);
    return renderTable(columns, rows, style).split('\n');
  });
}

/** What each run needs beyond a bridge, and how long its protocols may take. */
export function needsBlock(runs: readonly ComparedRun[], style: Style): Block {
  const width = Math.max(...runs.map(({ name }) => name.length));
  const lines = runs.flatMap(({ name, result }) => {
    const { design } = result;
    if (design === undefined) return [];
    const chain = timerChain(result);
    const waits = chain.length === 0 ? [] : [`protocols may take ${chainText(chain, true)}`];
    const parts = needsParts(design.needs);
    const text = [...(parts.length === 0 ? [noNeeds] : parts), ...waits].join(` ${marks(style).dot} `);
    return hang(`  ${name.padEnd(width)}  `, text, style.width);
  });
  return lines.length === 0 ? [] : [paint(style, 'strong', 'What each needs'), ...lines];
}
