/** Options and arguments that take some of a few words, or one of them: `--underlay switch,routed`, `--format json`. */
import { describeValue } from '../scenario/problem.js';
import { didYouMean } from '../scenario/nearest.js';
import { UsageError } from './usage-error.js';

/**
 * A parser for commander: a comma-separated list, may be given several times; each word once, in the order of `allowed`.
 * @param noun what such a word is, for errors
 * @throws UsageError that says what is there
 */
export function wordList<Word extends string>(noun: string, allowed: readonly Word[]) {
  return (value: string, previous: readonly Word[] = []): readonly Word[] => {
    const words = value.split(',').map((word) => word.trim());
    const wrong = words.find((word) => !(allowed as readonly string[]).includes(word));
    if (wrong !== undefined) throw unknownWord(noun, wrong, value, manyOf(allowed));
    const wanted: readonly string[] = [...previous, ...words];
    return allowed.filter((word) => wanted.includes(word));
  };
}

/**
 * The same for one word. Beside it commander is told the choices, which its help and completion show.
 * @throws UsageError that says what is there
 */
export function oneWord<Word extends string>(noun: string, allowed: readonly Word[]) {
  return (value: string): Word => demandWord(noun, value, value, allowed);
}

/** @param value what the word stands in. @throws UsageError that says what is there */
export function demandWord<Word extends string>(
  noun: string,
  word: string,
  value: string,
  allowed: readonly Word[],
): Word {
  const found = allowed.find((one) => one === word);
  if (found === undefined)
    throw unknownWord(noun, word, value, { allowed, remedy: `Give one of: ${allowed.join(', ')}` });
  return found;
}

interface Choice {
  readonly allowed: readonly string[];
  readonly remedy: string;
}

const manyOf = (allowed: readonly string[]): Choice => ({
  allowed,
  remedy: `Give one or more, separated by commas, of: ${allowed.join(', ')}`,
});

/** @param value what the word stands in */
function unknownWord(noun: string, word: string, value: string, { allowed, remedy }: Choice): UsageError {
  if (word === '') return new UsageError(`an empty word is no ${noun}: ${describeValue(value)}`, { remedy });
  const hint = didYouMean(word, allowed);
  return new UsageError([`there is no ${noun} ${describeValue(word)}`, hint ?? []].flat().join('; '), { remedy });
}
