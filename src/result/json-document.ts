/** Text as JSON, or why it is none, in words. */

export type ReadJson = { readonly document: unknown } | { readonly problem: string; readonly cause: unknown };

export function readJson(text: string): ReadJson {
  try {
    return { document: JSON.parse(text) as unknown };
  } catch (cause) {
    return { problem: problemOf(text, cause instanceof Error ? cause.message : String(cause)), cause };
  }
}

const MOST_CHARACTERS = 30;
const quoted = (text: string): string => JSON.stringify(text.slice(0, MOST_CHARACTERS));

/** @param said V8's words: with a position for most, with what stands around it for others */
function problemOf(text: string, said: string): string {
  const begun = text.trimStart();
  if (begun === '') return 'it is empty';
  if (!/^[{["]/u.test(begun)) return `it begins with ${quoted(begun)}`;
  const position = Number(/ at position (\d+)/u.exec(said)?.[1] ?? Number.NaN);
  if (said.includes('end of JSON input') || position >= text.length) return 'it ends before the document does';
  if (!Number.isNaN(position)) return `it is none from ${placeOf(text, position)} on`;
  const [, near = begun] = /^Unexpected token .*?, (?:\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/su.exec(said) ?? [];
  return `it is none near ${quoted(near)}`;
}

function placeOf(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
