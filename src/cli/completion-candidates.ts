/** What may stand at a place of the command line, as far as only this machine knows it. */
import { listLabs } from '#lab/registry.js';
import { promiseNames } from '../declaration/promise.js';
import { faultArguments, faultNames } from '../scenario/fault.js';
import { underlayKinds } from '../scenario/scenario.js';

type Words = readonly string[];
type Source = (words: Words) => readonly string[] | Promise<readonly string[]>;

/** By the name of an argument or an option as its command defines it. */
const sources: Readonly<Record<string, Source>> = {
  SCENARIO: scenarios,
  'SCENARIO|LAB': async () => [...labs(), ...(await scenarios())],
  LAB: labs,
  NODE: nodes,
  'NODE[:LINK]': nodesAndLinks,
  FAULT: () => faultNames,
  ARGUMENT: faultPlaces,
  '--only': promises,
  '--underlay': () => underlayKinds,
  '--strategy': strategyNames,
};

const fileOptions: readonly string[] = ['--out', '--write', '--baseline', '--result', '--history'];
const fileNames: readonly string[] = ['SCENARIO', 'SCENARIO|LAB', 'FILE', 'BEFORE', 'AFTER', 'COMMAND', ...fileOptions];

/** True where a file may stand. */
export const takesFile = (name: string): boolean => fileNames.includes(name);

/** A shell may expand what it is given, so nothing that is more than a name. */
const isPlain = (candidate: string): boolean => /^[\w.,:@%+=-]+$/.test(candidate);

/**
 * Undefined where nothing is known. Never throws: completion stays silent.
 * @param words of the command line after `netlab`; the last one is being typed
 */
export async function candidatesFor(name: string, words: Words): Promise<readonly string[] | undefined> {
  try {
    return (await sources[name]?.(words))?.filter(isPlain);
  } catch {
    return [];
  }
}

async function scenarios(): Promise<readonly string[]> {
  const { scenarioNames } = await import('../scenario/load.js');
  return await scenarioNames({ cwd: process.cwd() });
}

function labs(): readonly string[] {
  return listLabs().map(({ name }) => name);
}

/** A list grows at its end: `no-nat,pa` becomes `no-nat,path-mtu`. */
function promises(words: Words): readonly string[] {
  const typed = words.at(-1)?.replace(/^--only=/, '') ?? '';
  const begun = typed.slice(0, typed.lastIndexOf(',') + 1);
  const listed = begun.split(',');
  return promiseNames.filter((name) => !listed.includes(name)).map((name) => begun + name);
}

/** Loads every strategy, and so only where one is asked for. */
async function strategyNames(words: Words): Promise<readonly string[]> {
  if (words.at(-2) !== '--strategy' && words.at(-1)?.startsWith('--strategy=') !== true) return [];
  const { strategies } = await import('../strategy/index.js');
  return [...strategies.keys()];
}

async function nodes(words: Words): Promise<readonly string[]> {
  return (await planOf(words)).map(({ name }) => name);
}

/** What a fault is told first is a place. */
async function faultPlaces(words: Words): Promise<readonly string[]> {
  const [, , fault = '', ...told] = words.filter((word) => !word.startsWith('-'));
  const [first] = Object.hasOwn(faultArguments, fault) ? faultArguments[fault as keyof typeof faultArguments] : [];
  if (first === 'at') return told.length > 1 ? [] : await nodesAndLinks(words);
  return await nodes(words);
}

async function nodesAndLinks(words: Words): Promise<readonly string[]> {
  const found = await planOf(words);
  const [node] = (words.at(-1) ?? '').split(':');
  return words.at(-1)?.includes(':') === true
    ? found.flatMap(({ name, links }) => (name === node ? links.map((link) => `${name}:${link.name}`) : []))
    : found.map(({ name }) => name);
}

/** The nodes of the lab that is named right after the command. */
async function planOf(words: Words) {
  const [, lab] = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  if (lab === undefined || !labs().includes(lab)) return [];
  const { describeLab } = await import('../labs/inspect.js');
  return (await describeLab(lab)).plan.nodes;
}
