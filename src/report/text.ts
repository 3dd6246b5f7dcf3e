/** Laying out running text. */

/** Words as given, and those longer than a line cut into pieces, so that nothing is lost. */
function piecesOf(text: string, width: number): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.flatMap((word) => word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
}

/** Breaks a text into lines of at most `width` characters, at spaces where there are any. Never empty. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of piecesOf(text, Math.max(width, 1))) {
    if (line !== '' && line.length + 1 + piece.length > width) {
      lines.push(line);
      line = piece;
    } else line = line === '' ? piece : `${line} ${piece}`;
  }
  return [...lines, line];
}

/** The text on one line of at most `width` characters: what does not fit is left out at the end of a clause or of a word, and a mark says so. */
export function cut(text: string, width: number, mark: string): string {
  const line = text.split(/\s+/).join(' ').trim();
  if (line.length <= width) return line;
  const room = line.slice(0, Math.max(width - mark.length, 0) + 1);
  // Not when that would leave less than half a line.
  const end = [room.lastIndexOf('; '), room.lastIndexOf(' ')].find((place) => place > width / 2);
  const kept = room.slice(0, end ?? -1);
  return `${kept.replace(/[\s,;:(]+$/, '')}${mark}`.slice(0, width);
}

/** A lead (`expected`) and a text beside it; lines after the first hang under the text. */
export function hang(lead: string, text: string, width: number): readonly string[] {
  const margin = ' '.repeat(lead.length);
  return wrap(text, Math.max(width - lead.length, 20)).map((line, index) => (index === 0 ? lead : margin) + line);
}

/** A time for people: `3.4 ms`, `41 ms`, `1.18 s`, `2 min 5 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 9.95) return `${Number(durationMs.toFixed(1))} ms`;
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 59_995) return `${(durationMs / 1000).toFixed(2)} s`;
  const seconds = Math.round(durationMs / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 promise`, `2 promises` */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first lines, and how many more there are. */
export function atMost(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `and ${lines.length - most} more`];
}
