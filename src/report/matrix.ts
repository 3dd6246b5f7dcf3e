/** The matrix of promises: as declared against as measured. */
import type { Cell, PromiseResult } from '../result/result.js';
import { marks } from './style.js';
import type { Style, Tone } from './style.js';
import { renderTable } from './table.js';
import type { TableCell } from './table.js';

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

/** What was measured, with how much of it. */
function measuredText({ checks }: PromiseResult): string {
  const texts = checks.map(({ summary, coverage }) => (coverage === undefined ? summary : `${summary} (${coverage})`));
  return texts.join('; ') || 'not measured';
}

/** From this width on the verdict has a column. Without it nothing is lost: the cell, or the list of unverified ones, tells it. */
const wideColumns = 96;

function row(result: PromiseResult, style: Style): readonly TableCell[] {
  const { promise, declared, verdict, cell } = result;
  const tone = tones[cell];
  return [
    { text: `${markOf(cell, style)} ${cell}`, tone },
    cell === 'BROKEN' ? { text: promise, tone: 'strong' } : promise,
    { text: declared, tone: 'quiet' },
    ...(style.width < wideColumns ? [] : [{ text: verdict, tone: 'quiet' } as const]),
    measuredText(result),
  ];
}

/** The matrix as text. */
export function renderMatrix(promises: readonly PromiseResult[], style: Style): string {
  const columns = [
    { header: 'cell' },
    { header: 'promise' },
    { header: 'declared' },
    ...(style.width < wideColumns ? [] : [{ header: 'measured' }]),
    { header: 'what was measured', flexible: true },
  ];
  return renderTable(
    columns,
    promises.map((result) => row(result, style)),
    style,
  );
}
