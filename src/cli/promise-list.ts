/** `--only unique-address,no-nat` */
import { promiseNames } from '../declaration/promise.js';
import { wordList } from './word-list.js';

/** The promises that a comma-separated list names, each once, in the order of reports. */
export const promiseList = wordList('promise', promiseNames);
