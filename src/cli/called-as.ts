/** How the user called netlab, so that a hint can be copied: `netlab`, `./netlab`, `npx netlab`. */
import { readFileSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative, resolve, sep } from 'node:path';
import { shellWord } from '../report/command-name.js';

/** The launcher of a checkout says here how it was called. */
const COMMAND_VARIABLE = 'NETLAB_COMMAND';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the launcher of a checkout has started this process. */
export const isFromCheckout = (environment: Environment): boolean => (environment[COMMAND_VARIABLE] ?? '') !== '';

let known: string | undefined;

/** Words of a command line. The same as long as the process lives. */
export const calledAs = (): string => (known ??= commandOf(process.env, process.argv[1] ?? '', currentFolder()));

/** Somebody may have deleted it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

/**
 * What the launcher says; else what the path of the program tells: npm makes a link of that name to it, in a folder of PATH, in
 * a project or, for npx, in a folder of its own.
 * @param program path that Node.js was given, links not followed
 */
export function commandOf(environment: Environment, program: string, cwd: string): string {
  const told = environment[COMMAND_VARIABLE];
  if (told !== undefined && told !== '') return shellWord(told);
  // Through `node` itself, or a package manager's own script.
  if (basename(program) !== 'netlab') return 'netlab';
  const project = projectOf(program);
  if (project !== undefined) return throughNpx(project, cwd) ?? asPath(program, cwd);
  const isInPath = (environment['PATH'] ?? '').split(delimiter).includes(dirname(program));
  return isInPath ? 'netlab' : asPath(program, cwd);
}

const links = join('node_modules', '.bin');

/** The folder whose packages the program is one of. */
function projectOf(program: string): string | undefined {
  const folder = dirname(program);
  return folder.endsWith(`${sep}${links}`) ? folder.slice(0, -links.length - 1) : undefined;
}

/** npx looks in the current folder and above it; what it has fetched itself it has noted beside. */
function throughNpx(project: string, cwd: string): string | undefined {
  const fetched = fetchedByNpx(project);
  if (fetched !== undefined) return fetched;
  return isWithin(cwd, project) ? 'npx netlab' : undefined;
}

function fetchedByNpx(project: string): string | undefined {
  if (basename(dirname(project)) !== '_npx') return undefined;
  try {
    const { _npx } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
      readonly _npx?: { readonly packages?: readonly unknown[] };
    };
    const [only, ...others] = _npx?.packages ?? [];
    return typeof only === 'string' && others.length === 0 ? `npx ${shellWord(only)}` : 'npx netlab';
  } catch {
    return 'npx netlab';
  }
}

const isWithin = (path: string, folder: string): boolean =>
  path === folder || resolve(path).startsWith(`${folder}${sep}`);

function asPath(program: string, cwd: string): string {
  return shellWord(isWithin(program, cwd) ? `.${sep}${relative(cwd, program)}` : program);
}
