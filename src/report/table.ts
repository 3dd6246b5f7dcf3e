/** Tables for people. The only importer of cli-table3. */
import Table from 'cli-table3';
import { marks, paint, printable } from './style.js';
import type { Style, Tone } from './style.js';
import { cut, wrap } from './text.js';

export interface Column {
  readonly header: string;
  /** May be made narrower, with its text wrapped, when the table is wider than the terminal. */
  readonly flexible?: boolean;
  /** Text that is too long is cut, and not wrapped: a row stays one line. */
  readonly oneLine?: boolean;
  readonly align?: 'left' | 'right';
}

/** Plain text; the tone is put on after it was laid out. */
export type TableCell = string | { readonly text: string; readonly tone: Tone };

const gap = 2;
const leastFlexibleWidth = 16;

const textOf = (cell: TableCell): string => printable(typeof cell === 'string' ? cell : cell.text);
const toneOf = (cell: TableCell): Tone | undefined => (typeof cell === 'string' ? undefined : cell.tone);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Natural widths, with the widest flexible column made narrower until all fit. */
function columnWidths(columns: readonly Column[], rows: readonly (readonly TableCell[])[], width: number): number[] {
  const widths = columns.map(({ header }, index) =>
    Math.max(header.length, ...rows.map((row) => textOf(row[index] ?? '').length)),
  );
  const available = width - gap * (columns.length - 1);
  while (sum(widths) > available) {
    const shrinkable = widths.map((own, index) => (columns[index]?.flexible === true ? own : 0));
    const widest = Math.max(...shrinkable);
    if (widest <= leastFlexibleWidth) break;
    widths[shrinkable.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** Rules above, below the header and at the end; no vertical lines: the columns are told apart by space. */
function rules(style: Style): Record<string, string> {
  const [heavy, light] = style.unicode ? ['━', '─'] : ['=', '-'];
  const [top, middle] = [paint(style, 'quiet', heavy), paint(style, 'quiet', light)];
  return {
    top,
    'top-mid': top.repeat(gap),
    'top-left': '',
    'top-right': '',
    bottom: top,
    'bottom-mid': top.repeat(gap),
    'bottom-left': '',
    'bottom-right': '',
    mid: middle,
    'mid-mid': middle.repeat(gap),
    'left-mid': '',
    'right-mid': '',
    left: '',
    right: '',
    middle: ' '.repeat(gap),
  };
}

/** Cells without a line above them: only the header is underlined. */
const unruled = { mid: '', 'mid-mid': '', 'left-mid': '', 'right-mid': '' } as const;

function layOut(cell: TableCell, column: Column, width: number, style: Style): string {
  const tone = toneOf(cell);
  const text = textOf(cell);
  const lines = column.oneLine === true ? [cut(text, width, marks(style).more)] : wrap(text, width);
  return lines.map((line) => (tone === undefined ? line : paint(style, tone, line))).join('\n');
}

/**
 * A table as text, without a newline at its end. It is as wide as its content, and at most as wide as the style says
 * unless even that leaves no room.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly TableCell[])[], style: Style): string {
  const widths = columnWidths(columns, rows, style.tableWidth ?? style.width);
  const contents = (row: readonly TableCell[]) =>
    columns.map((column, index) => layOut(row[index] ?? '', column, widths[index] ?? 0, style));
  const table = new Table({
    head: contents(columns.map(({ header }) => ({ text: header, tone: 'strong' }))),
    chars: rules(style),
    // An unset style would colour the header and the border, into pipes too.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: columns.map(({ align = 'left' }) => align),
    colWidths: widths,
  });
  for (const [index, row] of rows.entries())
    table.push(contents(row).map((content) => (index === 0 ? content : { content, chars: unruled })));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}
