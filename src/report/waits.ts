/** For whom a lab waits, where no live progress shows it: a line on stderr, so that no pipe and no CI log stands still without a word. */
import { type Output, writeText } from './output.js';
import { printable } from './style.js';

/** Labs that take turns keep each other for a few seconds now and then: that is not worth a line. */
const WORTH_A_LINE_MS = 4_000;

/** What happens: of interest is a `waiting`, and what ends it. */
interface Happening {
  readonly type: string;
  /** For whom. */
  readonly text?: string;
}

const endings: ReadonlySet<string> = new Set(['waiting-ended', 'run-ended', 'bench-ended']);

/** @param patienceMs how long a wait lasts, once it was told of, before it gets its line */
export function waitLines(output: Output, patienceMs = WORTH_A_LINE_MS): (event: Happening) => void {
  const tell = waitLinesOfEach(output, patienceMs);
  return (event) => tell('', event);
}

/** The same for labs side by side, each with its name. */
export function waitLinesOfEach(
  output: Output,
  patienceMs = WORTH_A_LINE_MS,
): (name: string, event: Happening) => void {
  const timers = new Map<string, NodeJS.Timeout>();
  return (name, { type, text = '' }) => {
    if (type !== 'waiting' && !endings.has(type)) return;
    clearTimeout(timers.get(name));
    if (type !== 'waiting') return;
    const line = printable(`netlab: ${name === '' ? '' : `${name}: `}waiting for ${text}`);
    const write = (): void => void writeText(output, `${line}\n`);
    timers.set(name, setTimeout(write, patienceMs).unref());
  };
}
