/**
 * A daemon through its life: configured, started, stopped. Each is a type of its own with what can be done then.
 * The daemon runs in the foreground, in its node's network namespace, as leader of a process group.
 */
import { LabError } from '../errors.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import { describeExit, type Exit, quoteArgv } from '../machine/command-line.js';
import { type Child, spawnIn } from '../process.js';
import { startedAs } from '../programs.js';
import type { ServiceState } from '../state.js';
import { prepareFiles } from './files.js';
import { ServiceLog } from './log.js';
import { endGroup } from './process-group.js';
import { readinessOf, within } from './readiness.js';

/** A service that ended although nobody stopped it. */
export interface UnexpectedExit {
  readonly node: string;
  readonly service: string;
  readonly exit: Exit;
  readonly lastLines: readonly string[];
}

/** Something that a process can be started in. */
export interface Entered {
  run<T>(work: () => T): T;
}

/** Where a service is to run. */
export interface Site {
  readonly node: string;
  readonly namespace: NetworkNamespace;
  /** Where it finds files: those of the node that it belongs to. Where this process finds them when absent. */
  readonly place?: Entered;
  /** Logs are kept here, one file for each service of each node. */
  readonly logDirectory: string;
  /** Files are written below this directory only, `/run` of the sandbox. */
  readonly filesRoot: string;
  readonly onUnexpectedExit: (event: UnexpectedExit) => void;
}

/** A service that cannot be started, or was not ready in time. The message has all that is known. */
export class ServiceError extends LabError {
  readonly node: string;
  readonly service: string;

  constructor(
    site: Site,
    state: ServiceState,
    what: string,
    log: { lastLines: readonly string[]; path?: string },
    cause?: unknown,
  ) {
    const lines =
      log.lastLines.length === 0 ? 'It has printed nothing.' : `Its last lines:\n  ${log.lastLines.join('\n  ')}`;
    const remedy = cause instanceof LabError && cause.remedy !== undefined ? cause.remedy : remedyOf(log.path);
    super(`${site.node}: service ${state.name}: ${what}\nIts command line: ${quoteArgv(state.argv)}\n${lines}`, {
      cause,
      remedy,
    });
    this.node = site.node;
    this.service = state.name;
  }
}

function remedyOf(path: string | undefined): string {
  const log = path === undefined ? '' : ` Its whole log is ${path}.`;
  return `Run the command line by hand inside the node to see what it lacks.${log}`;
}

/** A service that does not run yet. */
export class ConfiguredService {
  readonly #state: ServiceState;
  readonly #site: Site;

  constructor(state: ServiceState, site: Site) {
    this.#state = state;
    this.#site = site;
  }

  /**
   * Writes its files, starts it and waits until it is ready.
   * @throws ServiceError when it cannot be started, ends or is not ready in time; nothing of it runs then
   */
  async start(): Promise<StartedService> {
    const { child, log } = await this.#begin();
    return new StartedService(this.#state, this.#site, child, log);
  }

  /**
   * Writes the files of a command that configures something, and waits until it has ended well.
   * @throws ServiceError when it cannot be started, fails or does not end in time; nothing of it runs then
   */
  async run(): Promise<void> {
    const { log } = await this.#begin();
    await log.close();
  }

  async #begin(): Promise<{ readonly child: Child; readonly log: ServiceLog }> {
    const { name, argv, environment = {} } = this.#state;
    const readiness = this.#try(() => {
      prepareFiles(this.#state, this.#site.filesRoot);
      return within(this.#state.readyTimeoutMs, readinessOf(this.#state.ready));
    });
    const log = this.#try(() => new ServiceLog(this.#site.logDirectory, this.#site.node, name));
    const { namespace, place } = this.#site;
    const child = await spawnIn(namespace, startedAs(argv), { environment, ...(place && { place }) }).catch(
      async (error: unknown) => {
        await log.close();
        throw this.#error(error);
      },
    );
    log.attach([child.stdout, child.stderr]);
    const aborter = new AbortController();
    try {
      const surroundings = { namespace: this.#site.namespace, log };
      const ended = this.#state.ready.kind === 'done' ? endedWell(child) : endedEarly(child);
      await Promise.race([readiness.wait(surroundings, aborter.signal), ended]);
    } catch (error) {
      aborter.abort();
      await endGroup(child, 'SIGKILL', 0);
      await log.close();
      throw this.#error(error, { lastLines: log.lastLines(), path: log.path });
    }
    aborter.abort();
    return { child, log };
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.#error(error);
    }
  }

  #error(error: unknown, log: { lastLines: readonly string[]; path?: string } = { lastLines: [] }): unknown {
    if (error instanceof LabError || isSystemError(error))
      return new ServiceError(this.#site, this.#state, error.message, log, error);
    return error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'errno' in error;

async function endedEarly(child: Child): Promise<never> {
  const exit = await child.exit;
  const remedy =
    exit.kind === 'exited' && exit.code === 0 ? { remedy: 'Give it the option that keeps it in the foreground.' } : {};
  throw new LabError(`it ${describeExit(exit)} before it was ready`, remedy);
}

async function endedWell(child: Child): Promise<void> {
  const exit = await child.exit;
  if (exit.kind !== 'exited' || exit.code !== 0) throw new LabError(`it ${describeExit(exit)}`);
}

/** A service that runs, as far as is known. */
export class StartedService {
  readonly name: string;
  /** Leader of its process group. */
  readonly pid: number;
  readonly log: ServiceLog;
  readonly state: ServiceState;
  readonly #child: Child;
  #stopping: Promise<StoppedService> | undefined;

  constructor(state: ServiceState, site: Site, child: Child, log: ServiceLog) {
    this.name = state.name;
    this.state = state;
    this.pid = child.pid;
    this.log = log;
    this.#child = child;
    void this.#watch(site);
  }

  async #watch({ node, onUnexpectedExit }: Site): Promise<void> {
    const exit = await this.#child.exit;
    if (this.#stopping !== undefined) return;
    // What it forked must not go on without it.
    this.#stopping = this.#stop('SIGKILL');
    const { lastLines } = await this.#stopping;
    onUnexpectedExit({ node, service: this.name, exit, lastLines });
  }

  /** Nobody has stopped it, and it has not ended by itself. */
  get isRunning(): boolean {
    return this.#stopping === undefined;
  }

  /** Signals its first process alone. @returns false when that has ended */
  signal(signal: NodeJS.Signals): boolean {
    return this.isRunning && this.#child.signal(signal);
  }

  /** Asks it to stop, and kills it with all its process group when it takes longer than its grace. Idempotent. */
  stop(): Promise<StoppedService> {
    this.#stopping ??= this.#stop(this.state.stopSignal ?? 'SIGTERM');
    return this.#stopping;
  }

  /** Kills it with all its process group. Idempotent. */
  kill(): Promise<StoppedService> {
    this.#stopping ??= this.#stop('SIGKILL');
    return this.#stopping;
  }

  async #stop(signal: NodeJS.Signals): Promise<StoppedService> {
    const killed = await endGroup(this.#child, signal, this.state.stopGraceMs);
    const exit = await this.#child.exit;
    await this.log.close();
    return { name: this.name, exit, killed, lastLines: this.log.lastLines() };
  }
}

/** What is known of a service that has been stopped. */
export interface StoppedService {
  readonly name: string;
  readonly exit: Exit;
  /** It, or something that it forked, did not stop by itself within its grace. */
  readonly killed: boolean;
  readonly lastLines: readonly string[];
}
