/** Options that take some of a few words: `--underlay switch,routed`. */
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
    if (wrong !== undefined) throw unknownWord(noun, wrong, allowed);
    const wanted: readonly string[] = [...previous, ...words];
    return allowed.filter((word) => wanted.includes(word));
  };
}

function unknownWord(noun: string, word: string, allowed: readonly string[]): UsageError {
  const hint = didYouMean(word, allowed);
  const message = `there is no ${noun} ${JSON.stringify(word)}${hint === undefined ? '' : `; ${hint}`}`;
  return new UsageError(message, { remedy: `Give one or more, separated by commas, of: ${allowed.join(', ')}` });
}
