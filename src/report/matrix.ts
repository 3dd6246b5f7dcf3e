/** The matrix of promises: as declared against as measured. */
import type { PromiseResult } from '../result/result.js';
import type { ShownCell } from './comparison-model.js';
import { marks, paint } from './style.js';
import type { Style, Tone } from './style.js';
import { renderTable } from './table.js';
import type { Column, TableCell } from './table.js';

const tones: Readonly<Record<ShownCell, Tone>> = {
  kept: 'good',
  BROKEN: 'bad',
  absent: 'quiet',
  extra: 'quiet',
  unverified: 'warn',
  'not applicable': 'quiet',
  'not measured': 'warn',
  'not built': 'warn',
};

/** A cell as a table shows it: never by colour alone. */
export function shownCell(cell: ShownCell, style: Style): TableCell {
  const { good, bad, absent, extra, unknown, inapplicable } = marks(style);
  const mark = {
    kept: good,
    BROKEN: bad,
    absent,
    extra,
    unverified: unknown,
    'not applicable': inapplicable,
    'not measured': unknown,
    'not built': unknown,
  }[cell];
  return { text: `${mark} ${cell}`, tone: tones[cell] };
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
    { header: 'cell', cellOf: ({ cell }) => shownCell(cell, style) },
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
