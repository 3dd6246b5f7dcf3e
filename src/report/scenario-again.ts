/** Command lines that build or measure the scenario of a result once more, as it was given, with all that was asked for. */
import type { RunResult } from '../result/result.js';
import { shellWord } from './command-name.js';

type Given = Pick<RunResult, 'scenario' | 'given' | 'lab' | 'options' | 'strict'>;

/** Through a pipe: it cannot be read from there again. */
const isPiped = ({ lab, given }: Given): boolean => lab === undefined && given?.[0] === '-';

/** A stored document may say anything. */
const savedAs = ({ scenario }: Given): string =>
  `${scenario.replaceAll(/[^\w.+-]/gu, '_').replace(/^[.-]+/u, '_')}.yaml`;

/** What is to be done before a scenario can be given again; undefined where it can be as it is. */
export const saveFirst = (result: Given): string | undefined =>
  isPiped(result) ? `Save the scenario, which came through a pipe, as ${savedAs(result)} first.` : undefined;

/** A flag of netlab's own: no word that needs quotes. */
const isFlag = (word: string): boolean => /^--[a-z-]+$/u.test(word);

const quoted = (words: readonly string[]): readonly string[] =>
  words.map((word) => (isFlag(word) ? word : shellWord(word)));

/** The scenario, named and varied as it was when it was measured. */
export function onScenario(command: 'run' | 'up', result: Given, options: readonly string[] = []): string {
  const [name = result.scenario, ...variation] = result.given ?? [];
  return ['netlab', command, ...quoted([isPiped(result) ? savedAs(result) : name, ...variation, ...options])].join(' ');
}

/** The options that it was measured with, and further ones. */
export function measuredWith({ options = [], strict }: Given, ...more: readonly string[]): readonly string[] {
  return [...new Set([...options, ...(strict === true ? ['--strict'] : []), ...more])];
}

/** A lab that is up, with options. */
export const onLab = (lab: string, options: readonly string[]): string =>
  ['netlab', 'verify', ...quoted([lab, ...options])].join(' ');
