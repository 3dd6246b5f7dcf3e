/** What the terminal at the other end can show, by its kind and by the environment. */
import type { Room } from '../report/fit.js';
import type { Style } from '../report/style.js';
import { calledAs } from './called-as.js';

/** The part of a stream that says what it is. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A pipe has no width; this is what a CI log shows well. */
const pipeColumns = 100;
/** Below this nothing can be laid out; above the others a line of text is too long to read, and so is a row of a table. */
const columnsRange = { least: 60, most: 132, mostOfTable: 240 } as const;

/** FORCE_COLOR before NO_COLOR (as Node.js itself does), and both before what the stream is. */
function wantsColor(screen: Screen, environment: Environment): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return screen.isTTY === true && environment['TERM'] !== 'dumb';
}

/** LC_ALL before LC_CTYPE before LANG: locale(7). */
function hasUnicode(environment: Environment): boolean {
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}

/** How to write to this stream. */
export function detectStyle(screen: Screen, environment: Environment): Style {
  const { least, most, mostOfTable } = columnsRange;
  const columns = Math.max(screen.columns || Number(environment['COLUMNS']) || pipeColumns, least);
  return {
    color: wantsColor(screen, environment),
    unicode: hasUnicode(environment),
    width: Math.min(columns, most),
    ...(columns > most ? { tableWidth: Math.min(columns, mostOfTable) } : {}),
    ...terminalWidthOf(screen),
    command: calledAs(),
  };
}

const terminalWidthOf = ({ isTTY, columns }: Screen): Pick<Style, 'terminalWidth'> =>
  isTTY === true && columns !== undefined && columns > 0 ? { terminalWidth: columns } : {};

/** What lines of running text are fitted to. */
export const roomOf = (screen: Screen): Room => ({ width: terminalWidthOf(screen).terminalWidth, command: calledAs() });
