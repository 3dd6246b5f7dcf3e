/** `--only unique-address,no-nat` */
import { type PromiseName, promiseNames } from '../promise/promise.js';
import { didYouMean } from '../scenario/nearest.js';
import { UsageError } from './usage-error.js';

const isPromise = (word: string): word is PromiseName => (promiseNames as readonly string[]).includes(word);

/**
 * The promises that a comma-separated list names, each once, in the order of reports. For commander: may be given
 * several times.
 * @throws UsageError that says what is there
 */
export function promiseList(value: string, previous: readonly PromiseName[] = []): readonly PromiseName[] {
  const words = value.split(',').map((word) => word.trim());
  const wrong = words.find((word) => !isPromise(word));
  if (wrong !== undefined) throw unknownPromise(wrong);
  const wanted = [...previous, ...words];
  return promiseNames.filter((name) => wanted.includes(name));
}

function unknownPromise(word: string): UsageError {
  const hint = didYouMean(word, promiseNames);
  const message = `there is no promise ${JSON.stringify(word)}${hint === undefined ? '' : `; ${hint}`}`;
  return new UsageError(message, { remedy: `Give one or more, separated by commas, of: ${promiseNames.join(', ')}` });
}
