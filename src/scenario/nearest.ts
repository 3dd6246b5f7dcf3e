/** Did-you-mean. */
import { type Finding, type Path, shownProblems } from './problem.js';

/** A guess compares with every name, and nobody is shown more problems than these. */
const mostGuesses = shownProblems;

/** Makes the problems of places that name what there is not; the names of what there is are said, and guessed at. */
export function unknownNames(what: string, names: readonly string[]): (path: Path, found: string) => Finding {
  const allowed = names.length > 10 ? `${names.slice(0, 10).join(', ')} ...` : names.join(', ');
  let guesses = 0;
  return (path, found) => {
    guesses += 1;
    const hint = guesses > mostGuesses ? undefined : didYouMean(found, names);
    return { path, message: `there is no ${what} ${found}`, allowed, ...(hint === undefined ? {} : { hint }) };
  };
}

/** The candidate that `text` was probably meant to be, as a hint; undefined when none is near. */
export function didYouMean(text: string, candidates: Iterable<string>): string | undefined {
  const best = nearest(text, candidates);
  return best === undefined ? undefined : `did you mean ${best}?`;
}

/** The candidate with the fewest edits, at most a third of the longer word; undefined when none is that near. */
export function nearest(text: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const longer = Math.max(text.length, candidate.length);
    // Also keeps the work small: nobody misspells a name into 64 characters.
    if (longer > 64) continue;
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance <= Math.max(1, Math.floor(longer / 3)) && distance < bestDistance) {
      [best, bestDistance] = [candidate, distance];
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment distance). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(substitution, swap, at(previous, j) + 1, at(current, j - 1) + 1));
    }
    [before, previous] = [previous, current];
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
