/** A terminal to which lines are fitted on their way. */
import { Writable } from 'node:stream';
import { fitText } from './fit.js';
import { guardBrokenPipe, type Output } from './output.js';

export type Screen = Output & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * @param command how netlab is called in what is written
 * @returns the stream itself where it is no terminal
 */
export function fittedTo(screen: Screen, command: string): Output {
  if (screen.isTTY !== true) return screen;
  guardBrokenPipe(screen);
  return new Writable({
    decodeStrings: false,
    write: (text: string | Buffer, _encoding, done) => {
      screen.write(fitText(String(text), { width: screen.columns, command }), () => done());
    },
  });
}
