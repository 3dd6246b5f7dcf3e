/** The matrix of promises: as declared against as measured. */
import type { Cell, PromiseResult } from '../result/result.js';
import { marks, paint } from './style.js';
import type { Style, Tone } from './style.js';
import { renderTable } from './table.js';
import type { Column, TableCell } from './table.js';

const tones: Readonly<Record<Cell, Tone>> = {
  kept: 'good',
  BROKEN: 'bad',
  absent: 'quiet',
  extra: 'quiet',
  unverified: 'warn',
};

function markOf(cell: Cell, style: Style): string {
  const { good, bad, absent, extra, unknown } = marks(style);
  return { kept: good, BROKEN: bad, absent, extra, unverified: unknown }[cell];
}

/** What was measured, and how much of it where that is wanted. */
export function measuredText({ checks }: PromiseResult, withCoverage: boolean): string {
  const texts = checks.map(({ summary, coverage }) =>
    withCoverage && coverage !== undefined ? `${summary} (${coverage})` : summary,
  );
  return texts.join('; ') || 'not measured';
}

/** From this width on there is room for what the strategy declares; below, the cell and the lists under the matrix tell it. */
const declaredColumns = 110;

/** A column of the matrix: its head, and what a row has there. */
interface MatrixColumn extends Column {
  readonly cellOf: (result: PromiseResult) => TableCell;
}

function columnsOf(style: Style, detailed: boolean): readonly MatrixColumn[] {
  const declared: MatrixColumn = { header: 'declared', cellOf: (one) => ({ text: one.declared, tone: 'quiet' }) };
  const verdict: MatrixColumn = { header: 'measured', cellOf: (one) => ({ text: one.verdict, tone: 'quiet' }) };
  return [
    { header: 'cell', cellOf: ({ cell }) => ({ text: `${markOf(cell, style)} ${cell}`, tone: tones[cell] }) },
    {
      header: 'promise',
      cellOf: ({ cell, promise }) => (cell === 'BROKEN' ? { text: promise, tone: 'strong' } : promise),
    },
    ...(detailed || style.width >= declaredColumns ? [declared] : []),
    ...(detailed ? [verdict] : []),
    {
      header: 'what was measured',
      flexible: true,
      oneLine: !detailed,
      cellOf: (result) => measuredText(result, detailed),
    },
  ];
}

/**
 * The matrix as text: a line for each promise, cut where the terminal ends.
 * @param detailed texts in full, with their coverage, on as many lines as they need
 */
export function renderMatrix(promises: readonly PromiseResult[], style: Style, detailed: boolean): string {
  const columns = columnsOf(style, detailed);
  const rows = promises.map((result) => columns.map(({ cellOf }) => cellOf(result)));
  const table = renderTable(columns, rows, style);
  if (detailed || promises.every((one) => measuredText(one, true) === measuredText(one, false))) return table;
  return `${table}\n${paint(style, 'quiet', 'How much was covered, and the texts in full: --verbose')}`;
}
