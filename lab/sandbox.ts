/**
 * The outer side of a sandbox: netlab re-executed as process 1 of new mount, network, PID, UTS and IPC namespaces (and a
 * user namespace when not root). Nothing in there can outlive it:
 * - setpriv: the kernel kills unshare when the process that started it dies, for whatever reason;
 * - unshare --kill-child: the kernel kills process 1 when unshare dies, and all others in there with process 1;
 * - process 1 also ends when the channel that only its starter holds is closed, which covers the moments before the above.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Channel } from './channel.js';
import { LabError } from './errors.js';
import { sandboxEnvironment } from './machine/child-environment.js';
import { mayMakeNamespaces } from './machine/environment.js';
import { type Lent, lendMachine } from './machine/lend.js';
import type { LockFiles, Locks } from './machine/lock.js';
import { titleFor } from './machine/lock-holder.js';
import { engineOptions } from './sandbox/engine.js';
import { MARK_VARIABLE, type SandboxSettings, SETTINGS_VARIABLE } from './sandbox/settings.js';
import { endedAtStart, killed, notStarted, wasKilled } from './sandbox/start-failure.js';
import { isStopped } from './processes.js';
import { silentError } from './sandbox/silent.js';
import { keepEnd, endOfFile, lastLines } from './sandbox/last-words.js';
import { storing } from './storage.js';

const CHANNEL_FD = 3;
const FIRST_LENT_FD = 4;
const START_TIMEOUT_MS = 30_000;
const END_WAIT_MS = 1_000;

export interface SandboxOptions {
  /** Module that runs as process 1 in there; it must call enterSandbox() first. */
  readonly entry: string;
  /** `lab demo`, `run bridge-l2`: how `ps` shows it, and what those are told who wait for it. */
  readonly title?: string;
  /** What identifies all that belongs to the sandbox; made up when absent. */
  readonly mark?: string;
  /** Where process 1 serves requests of later commands; makes the sandbox stay when its starter ends. */
  readonly controlSocket?: string;
  /** Where to add what process 1 prints; its starter's own memory when absent. */
  readonly logFile?: string;
}

export interface SandboxExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running sandbox, held by this process. */
export interface Sandbox {
  readonly mark: string;
  readonly channel: Channel;
  /** `unshare`: the process to kill when all else fails. */
  readonly pid: number;
  /** Process 1 of the sandbox, as this machine numbers it. */
  readonly initPid: number;
  readonly exited: Promise<SandboxExit>;
  /** Everything in there dies at once. */
  kill(): void;
  /** Lets the sandbox live on without this process. Only for one with a control socket. */
  release(): void;
}

export const newMark = (): string => randomBytes(6).toString('hex');

/** Whether sandboxes of this user are user namespaces, too: without the capabilities of root only those may make others. */
export const needsUserNamespace = (): boolean => !mayMakeNamespaces();

/**
 * Starts a sandbox.
 * @throws LabError when the machine does not allow it, with what unshare said
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { mark = newMark() } = options;
  const child = spawnSandbox(options, mark);
  const words = listenTo(child, options.logFile);
  const exited = new Promise<SandboxExit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const stream = child.stdio[CHANNEL_FD] as Duplex;
  let initPid = 0;
  const channel = new Channel(
    stream,
    {},
    {
      explainEnd: async () => await whyEnded(exited, words),
      isStopped: () => isStopped(initPid),
      explainSilence: () => silentError('the lab', initPid),
    },
  );
  await ready(child, channel, words);
  const pid = child.pid ?? 0;
  initPid = onlyChildOf(pid);
  return {
    mark,
    channel,
    pid,
    initPid,
    exited,
    kill: () => void child.kill('SIGKILL'),
    release: () => release(child, channel),
  };
}

function spawnSandbox(options: SandboxOptions, mark: string): ChildProcess {
  const { logFile } = options;
  const logFd =
    logFile === undefined ? undefined : storing(`${logFile} cannot be written`, () => openSync(logFile, 'a'));
  const lent = lendMachine();
  try {
    const { settings, lentFds } = settingsOf(options, mark, lent);
    const [file = '', ...argv] = commandLine(options);
    // Not through execa: descriptor 3 must be a full duplex and others are passed on. A group of its own, so that
    // Ctrl-C at the terminal reaches only the outer process, which decides what happens then.
    return spawn(file, argv, {
      detached: true,
      stdio: ['ignore', logFd ?? 'ignore', logFd ?? 'pipe', 'pipe', ...lentFds],
      env: sandboxEnvironment({ [MARK_VARIABLE]: mark, [SETTINGS_VARIABLE]: JSON.stringify(settings) }),
    });
  } finally {
    lent.close();
    if (logFd !== undefined) closeSync(logFd);
  }
}

function commandLine(options: SandboxOptions): readonly string[] {
  const user = needsUserNamespace() ? ['--user', '--map-root-user'] : [];
  const namespaces = [
    '--mount',
    '--net',
    '--pid',
    '--uts',
    '--ipc',
    '--fork',
    '--kill-child',
    '--mount-proc',
    '--propagation',
    'private',
  ];
  const { title = 'lab' } = options;
  const self = [process.execPath, ...process.execArgv, ...engineOptions(), options.entry, titleFor(title)];
  const releasable = options.controlSocket !== undefined;
  const guard = releasable ? [] : ['setpriv', '--pdeathsig', 'KILL'];
  return [...guard, 'unshare', ...user, ...namespaces, '--', ...self];
}

function settingsOf(
  options: SandboxOptions,
  mark: string,
  lent: Lent,
): { settings: SandboxSettings; lentFds: number[] } {
  const lentFds: number[] = [];
  const pass = (fd: number): number => FIRST_LENT_FD - 1 + lentFds.push(fd);
  const passFiles = ({ lockFd, queueFd }: LockFiles): LockFiles => ({ lockFd: pass(lockFd), queueFd: pass(queueFd) });
  const passLock = ({ own, everybodys }: Locks): Locks => ({
    ...(own === undefined ? {} : { own: passFiles(own) }),
    ...(everybodys === undefined ? {} : { everybodys: passFiles(everybodys) }),
  });
  const settings: SandboxSettings = {
    mark,
    channelFd: CHANNEL_FD,
    neighbourLock: passLock(lent.neighbourLock),
    measurementLock: passLock(lent.measurementLock),
    procFd: pass(lent.procFd),
    ...(options.controlSocket === undefined ? {} : { controlSocket: options.controlSocket }),
  };
  return { settings, lentFds };
}

/** @returns what tells the end of what the sandbox has printed so far */
function listenTo(child: ChildProcess, logFile: string | undefined): () => string {
  if (logFile !== undefined) return () => endOfFile(logFile).trim();
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = keepEnd(text + chunk);
  });
  return () => text.trim();
}

/** For those who still wait for an answer. */
async function whyEnded(exited: Promise<SandboxExit>, words: () => string): Promise<LabError> {
  const exit = await Promise.race([exited, delay(END_WAIT_MS, undefined, { ref: false })]);
  if (wasKilled(words())) return killed('before it answered');
  const how = exit === undefined ? '' : ` (${exit.signal ?? `exit code ${exit.code}`})`;
  return new LabError(`the lab ended before it answered${how}${lastLines(words())}`);
}

async function ready(child: ChildProcess, channel: Channel, words: () => string): Promise<void> {
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(notStarted(cause.message, cause)));
    // 'close' comes after 'exit', when all that it had to say has been read.
    child.once('close', (code, signal) => reject(endedAtStart(signal ?? `exit code ${code}`, words())));
  });
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () =>
      reject(new LabError(`the sandbox was not ready within ${START_TIMEOUT_MS / 1000} s`)),
    );
  });
  try {
    await Promise.race([channel.call('hello', null), failed, late]);
  } catch (error) {
    child.kill('SIGKILL');
    // The channel ends before the process is known to have ended, and only its end says why.
    await Promise.race([failed, delay(END_WAIT_MS)]);
    throw error;
  }
}

/** unshare has one child: process 1 of the sandbox. */
function onlyChildOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

function release(child: ChildProcess, channel: Channel): void {
  channel.close();
  child.stderr?.destroy();
  child.unref();
}
