/** Child processes: the only importer of execa, and the place where netlab starts them; the sandbox's own process and interactive ones aside. */
import type { Duplex, Readable, Writable } from 'node:stream';
import type { execa, ResultPromise } from 'execa';
import { LabError } from './errors.js';
import type { NetworkNamespace } from './kernel/namespace.js';
import { childEnvironment, isOnPath } from './machine/child-environment.js';
import { demandSpareFiles } from './spare-files.js';
import { type Argv, describeExit, type Exit, quoteArgv } from './machine/command-line.js';

type Execa = Readonly<Record<'execa', typeof execa>>;
let loading: Promise<Execa> | undefined;

/** Loads execa, which takes about 40 ms, so that it can be done while something else is waited for. Idempotent. */
export function loadExeca(): Promise<Execa> {
  loading ??= import('execa');
  return loading;
}

const children = new Set<number>();
/** Process ids of the children that this process started and has not reaped yet. All other children are orphans. */
export const ownChildren: ReadonlySet<number> = children;

const tools = new Set<number>();
/** Process groups of the tools that {@link runTool} waits for: netlab at work, and no part of what it looks at. */
export const toolGroups: ReadonlySet<number> = tools;

export interface SpawnOptions {
  /** Added to {@link childEnvironment}. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly stdin?: 'ignore' | 'pipe' | 'inherit';
  /** Where it finds files; where this process does when absent. */
  readonly place?: { run<T>(work: () => T): T };
  /** Both output streams. */
  readonly output?: 'pipe' | 'inherit' | 'ignore';
  /** Pipes that the child finds as descriptors 3, 4, ...; they end when this process ends. */
  readonly extraPipes?: number;
  /** A process group and session of its own, which a terminal's Ctrl-C does not reach. True when absent. */
  readonly ownGroup?: boolean;
}

/** A process that was started. Its output must be read from the start: what nobody reads is thrown away. */
export interface Child {
  readonly pid: number;
  readonly argv: Argv;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  readonly extraPipes: readonly Duplex[];
  /** How it ended. Never rejects. Descendants may still hold its output open. */
  readonly exit: Promise<Exit>;
  /**
   * Signals its process group (or the process alone, without `ownGroup`), also after the leader has ended.
   * @returns false when nothing of it is left, not even a dead process that nobody has waited for
   */
  kill(signal: NodeJS.Signals): boolean;
  /** Signals the process alone. @returns false when it has ended */
  signal(signal: NodeJS.Signals): boolean;
}

/**
 * Starts a process that lives in the given network namespace, or where this process is.
 * @throws LabError when it cannot be started: no such program, not executable, arguments too long
 */
export async function spawnIn(
  namespace: NetworkNamespace | undefined,
  argv: Argv,
  options: SpawnOptions = {},
): Promise<Child> {
  const { execa } = await loadExeca();
  const { stdin = 'ignore', output = 'pipe', extraPipes = 0, ownGroup = true, directory } = options;
  const stdio = [stdin, output, output, ...Array.from({ length: extraPipes }, () => 'pipe' as const)] as const;
  const start = (): ResultPromise =>
    execa(argv[0], argv.slice(1), {
      ...basics(options.environment, ownGroup),
      stdio: [...stdio],
      buffer: false,
      ...(directory === undefined ? {} : { cwd: directory }),
    }) as ResultPromise;
  const child = startIn(namespace, start, options.place);
  const { pid } = child;
  if (pid === undefined) throw await notStarted(argv, child);
  return {
    pid,
    argv,
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    extraPipes: child.stdio.slice(3) as unknown as Duplex[],
    exit: exitOf(child),
    kill: (signal) => sendSignal(ownGroup ? -pid : pid, signal),
    signal: (signal) => sendSignal(pid, signal),
  };
}

const basics = (environment: SpawnOptions['environment'], detached: boolean) =>
  ({ env: childEnvironment(environment), extendEnv: false, detached, reject: false, cleanup: false }) as const;

/** fork(2) takes the namespace of the calling thread along; execa calls it before it returns. */
function startIn(
  namespace: NetworkNamespace | undefined,
  begin: () => ResultPromise,
  place?: SpawnOptions['place'],
): ResultPromise {
  demandSpareFiles();
  // execa's child is thenable, which run() refuses: in a box it is none.
  const start = () => ({ child: place === undefined ? begin() : place.run(begin) });
  const { child } = namespace === undefined ? start() : namespace.run(start);
  const { pid } = child;
  if (pid !== undefined) {
    children.add(pid);
    child.once('exit', () => children.delete(pid));
  }
  return child;
}

function exitOf(child: ResultPromise): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'killed', signal });
    });
  });
}

async function notStarted(argv: Argv, child: ResultPromise): Promise<LabError> {
  const result = await child;
  // A directory of the search path that this user may not enter turns "not found" into EACCES (execvp(3)).
  const [program] = argv;
  const missing =
    result.code === 'ENOENT' || (result.code === 'EACCES' && !program.includes('/') && !isOnPath(program));
  const words = missing ? 'no such program' : (result.originalMessage ?? 'unknown reason');
  const remedy = missing ? { remedy: `install the package that has ${program}` } : {};
  return new LabError(`cannot start ${quoteArgv(argv)}: ${words}`, { cause: result, ...remedy });
}

/** @param target process id, or the negative id of a process group */
function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** A short-lived tool that failed. */
export class ToolError extends LabError {
  readonly output: ToolOutput;
  readonly exit: Exit | { readonly kind: 'timed out' };

  constructor(
    argv: Argv,
    exit: ToolError['exit'],
    output: { readonly stderr: string; readonly stdout: string },
    how: string,
  ) {
    const text = output.stderr.trim() === '' ? output.stdout.trim() : output.stderr.trim();
    const words = text.split('\n').slice(0, 3).join('; ');
    super(`${quoteArgv(argv)} ${how}${words === '' ? '' : `: ${words}`}`);
    this.output = output;
    this.exit = exit;
  }
}

export interface ToolOptions {
  readonly namespace?: NetworkNamespace;
  /** Written to its standard input. */
  readonly input?: string;
  /** After this long its whole process group is killed. */
  readonly timeoutMs: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ToolOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a tool to its end and collects what it prints.
 * @throws ToolError when it exits with anything but 0 or takes too long; LabError when it cannot be started
 */
export async function runTool(argv: Argv, options: ToolOptions): Promise<ToolOutput> {
  const { execa } = await loadExeca();
  const { input } = options;
  const stdin = input === undefined ? ({ stdin: 'ignore' } as const) : { input };
  const start = () =>
    execa(argv[0], argv.slice(1), { ...basics(options.environment, true), ...stdin, stripFinalNewline: false });
  const child = startIn(options.namespace, start as () => ResultPromise);
  const { pid } = child;
  if (pid === undefined) throw await notStarted(argv, child);
  tools.add(pid);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    sendSignal(-pid, 'SIGKILL');
  }, options.timeoutMs);
  const result = await child.finally(() => {
    clearTimeout(timer);
    tools.delete(pid);
  });
  const output = { stdout: String(result.stdout ?? ''), stderr: String(result.stderr ?? '') };
  if (timedOut) throw new ToolError(argv, { kind: 'timed out' }, output, `did not end within ${options.timeoutMs} ms`);
  if (!result.failed) return output;
  const exit: Exit =
    result.signal === undefined
      ? { kind: 'exited', code: result.exitCode ?? 1 }
      : { kind: 'killed', signal: result.signal };
  throw new ToolError(argv, exit, output, describeExit(exit));
}
