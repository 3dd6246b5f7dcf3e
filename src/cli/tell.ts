/** What netlab says beside its result, on stderr. */
import { asCalled } from '../report/command-name.js';
import { printable } from '../report/style.js';
import { calledAs } from './called-as.js';

/** @param text a line, also with names from elsewhere */
export function tell(text: string): void {
  process.stderr.write(`netlab: ${printable(asCalled(text, calledAs()))}\n`);
}
