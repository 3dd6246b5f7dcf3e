/** How wide text is, without a browser: at least as wide as in any usual sans-serif font. */

/** Advance widths of DejaVu Sans in em, which is wider than Arial, Helvetica, Segoe UI and Roboto (its `hmtx` table, rounded up). */
const widths: ReadonlyArray<readonly [characters: RegExp, em: number]> = [
  [/[ijl'|]/u, 0.34],
  [/[ .,:;/!()[\]ftr·-]/u, 0.42],
  [/[mwMW%@…→]/u, 1],
  [/[A-Z&<>=+~#_]/u, 0.84],
  // Latin, Greek and Cyrillic letters and digits.
  [/[\u0021-\u04ff–—]/u, 0.65],
];
/** Chinese characters, pictures: as wide as they are high. */
const otherEm = 1.1;
const boldFactor = 1.12;

export interface Font {
  readonly sizePixels: number;
  readonly bold: boolean;
}

/** Pixels. */
export function textWidth(text: string, { sizePixels, bold }: Font): number {
  const em = Array.from(text).reduce(
    (sum, character) => sum + (widths.find(([characters]) => characters.test(character))?.[1] ?? otherEm),
    0,
  );
  return em * sizePixels * (bold ? boldFactor : 1);
}

/** Longer text is cut: a name of a thousand characters is no picture. */
export const mostCharacters = 56;

export function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= mostCharacters ? text : `${characters.slice(0, mostCharacters - 1).join('')}…`;
}

/** Breaks between words, so that each line is at most so wide where words allow it. */
export function wrapped(text: string, font: Font, widthPixels: number): readonly string[] {
  return text.split(' ').reduce<readonly string[]>((lines, word) => {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    return last === undefined || textWidth(longer, font) > widthPixels
      ? [...lines, word]
      : [...lines.slice(0, -1), longer];
  }, []);
}
