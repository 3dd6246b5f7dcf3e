/** Finds a scenario by name or path and reads it. */
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { packageDirectory } from '#lab/programs.js';
import type { ScenarioStrategy } from './json-schema.js';
import { didYouMean } from './nearest.js';
import { parseScenario } from './parse.js';
import { describeValue, ScenarioError } from './problem.js';
import { namePattern } from './checked-text.js';
import type { Rule } from './rule.js';
import type { Scenario } from './scenario.js';
import { decodeText } from './text.js';
import type { Variation } from './variation.js';
import { maxTextLength, tooLong } from './yaml-document.js';

export interface LoadOptions {
  /** Directory whose `scenarios/` is searched first and that relative paths start from. */
  readonly cwd: string;
  /** The strategies there are, by name. */
  readonly strategies: ReadonlyMap<string, ScenarioStrategy>;
  /** Directory that is searched second; the package's own `scenarios/` when absent. */
  readonly packageScenarios?: string;
  /** See ParseOptions. */
  readonly variation?: Variation;
  readonly more?: readonly Rule[];
  readonly onLeftOut?: (what: string) => void;
}

export interface LoadedScenario {
  readonly scenario: Scenario;
  /** Absolute path of its file. */
  readonly file: string;
}

/**
 * Reads the scenario of that name from ./scenarios or from the package, else the file or the pipe at that path; `-` is
 * standard input.
 * @throws ScenarioError when there is none, or with every problem that it has
 */
export async function loadScenario(nameOrPath: string, options: LoadOptions): Promise<LoadedScenario> {
  const file = nameOrPath === STANDARD_INPUT ? nameOrPath : await findScenario(nameOrPath, options);
  const isStream = file === STANDARD_INPUT || (await isPipe(file));
  const shown = file === STANDARD_INPUT ? 'standard input' : shownName(file, options.cwd);
  const bytes = await (isStream ? readStream(file, shown) : readBounded(file, shown));
  // Cut off here, its last character may be half of one.
  if (bytes.length >= mostBytes)
    throw ScenarioError.of([{ file: shown, line: 1, column: 1, path: '', message: tooLong }]);
  const text = decodeText(bytes, shown);
  const defaultName = isStream ? STREAM_NAME : basename(file, extname(file));
  const { strategies, variation = {}, more = [], onLeftOut = () => undefined } = options;
  return { scenario: parseScenario(text, { file: shown, defaultName, strategies, variation, more, onLeftOut }), file };
}

/** Names that {@link loadScenario} finds without a path, sorted. */
export async function scenarioNames(options: Pick<LoadOptions, 'cwd' | 'packageScenarios'>): Promise<string[]> {
  const lists = await Promise.all(directories(options).map(listScenarios));
  return [...new Set(lists.flat())].toSorted();
}

/** The package's own scenarios. */
export const packageScenariosDirectory = (): string => join(packageDirectory, 'scenarios');

async function findScenario(nameOrPath: string, options: LoadOptions): Promise<string> {
  const named = directories(options).map((directory) => join(directory, `${nameOrPath}.yaml`));
  const path = resolve(options.cwd, nameOrPath);
  // A name is no path, so that `../x` never reaches into a neighbour of the directory.
  for (const file of [...(namePattern.test(nameOrPath) ? named : []), path]) {
    if (await isFile(file)) return file;
  }
  const other = await otherThanFile(path);
  if (nameOrPath === '')
    throw new ScenarioError('a name of a scenario is missing: "" names none', [], {
      remedy: 'give a name of a scenario, or the path of a file',
    });
  if (other !== undefined)
    throw new ScenarioError(`${describeValue(nameOrPath)} is ${other}, and a scenario is a file`, [], {
      remedy: 'give a name of a scenario, or the path of a file',
    });
  const names = await scenarioNames(options);
  const there = names.length === 0 ? 'there are none in ./scenarios' : `there are ${names.join(', ')}`;
  const hint = didYouMean(nameOrPath, names);
  const remedy = 'give a name of these, or the path of a file';
  throw new ScenarioError(
    [`there is no scenario ${describeValue(nameOrPath)}`, there, hint ?? []].flat().join('; '),
    [],
    { remedy },
  );
}

function directories({ cwd, packageScenarios }: Pick<LoadOptions, 'cwd' | 'packageScenarios'>): string[] {
  return [join(cwd, 'scenarios'), packageScenarios ?? packageScenariosDirectory()];
}

async function listScenarios(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => extname(name) === '.yaml').map((name) => basename(name, '.yaml'));
}

const STANDARD_INPUT = '-';
/** Of a scenario without a name that comes through a pipe. */
const STREAM_NAME = 'scenario';
const mostBytes = 4 * maxTextLength + 4;

/** What a pipe has said is gone from it, and compare may want it for two underlays. */
const streams = new Map<string, Promise<Buffer>>();

function readStream(file: string, shown: string): Promise<Buffer> {
  const reading = streams.get(file) ?? readToEnd(file, shown);
  streams.set(file, reading);
  return reading;
}

async function readToEnd(file: string, shown: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= mostBytes) break;
    }
  } catch (error) {
    throw unreadable(shown, error);
  }
  return Buffer.concat(chunks).subarray(0, mostBytes);
}

const unreadable = (shown: string, error: unknown): ScenarioError =>
  new ScenarioError(`${shown}: cannot be read: ${error instanceof Error ? error.message : String(error)}`, [], {
    cause: error,
  });

const isPipe = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFIFO(),
    () => false,
  );

/** Plain files, and the pipes that a shell makes of `<(...)`: a terminal or a device would have no end. */
async function isFile(path: string): Promise<boolean> {
  // A NUL in the path is refused by Node before the kernel sees it.
  return stat(path).then(
    (found) => found.isFile() || found.isFIFO(),
    () => false,
  );
}

/** What stands at a path, where that is no plain file; undefined when nothing does. */
async function otherThanFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'a folder';
    if (found.isSocket()) return 'a socket';
    return 'a device';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ELOOP' ? 'a circle of symbolic links' : undefined;
  }
}

/** As much of the file as tells whether it is too long: four bytes make at most one character of UTF-8. */
async function readBounded(file: string, shown: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const buffer = Buffer.alloc(mostBytes);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(shown, error);
  }
}

function shownName(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith('..') ? file : path;
}
