/** What netlab says beside its result, on stderr, fitted where that is a terminal. */
import { asCalled } from '../report/command-name.js';
import { fitText } from '../report/fit.js';
import { fittedTo } from '../report/fitted-output.js';
import type { Output } from '../report/output.js';
import { printable } from '../report/style.js';
import { calledAs } from './called-as.js';
import { roomOf } from './style.js';

/** @param text lines, also with names from elsewhere */
export function tell(text: string): void {
  const lines = text.split('\n').map((line) => `netlab: ${printable(asCalled(line, calledAs()))}\n`);
  process.stderr.write(fitText(lines.join(''), roomOf(process.stderr)));
}

/** Where reporters say what happens meanwhile. */
export const listener = (): Output => fittedTo(process.stderr, calledAs());
