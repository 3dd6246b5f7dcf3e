/** The inner side of a sandbox: what process 1 does before anything else, and how it is asked to do the rest. */
import { fstatSync, openSync } from 'node:fs';
import { createServer, type Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import { Channel, type Handler, type Handlers } from './channel.js';
import { LabError } from './errors.js';
import { systemCall } from './kernel/libc.js';
import { MachineLock } from './machine/lock.js';
import { holderOf } from './machine/lock-holder.js';
import { MachineNeighbourTable } from './machine/neighbour-table.js';
import { reapOrphans } from './machine/orphans.js';
import { NetnsLab } from './netns/netns-lab.js';
import { answeringFor, answerForStray, wordsOf } from './stray-errors.js';
import { type SandboxSettings, SETTINGS_VARIABLE } from './sandbox/settings.js';

/** linux/mount.h */
const MS_NOSUID = 2;
const MS_NODEV = 4;
const HOST_NAME = 'netlab';
const FOLDER_LOOK_MS = 1_000;
/** A timer that fails at each tick must not fill a disk. */
const STRAY_ERRORS_TOLD = 100;

export interface Inside {
  readonly settings: SandboxSettings;
  /** The lab of this sandbox, empty at first. */
  readonly lab: NetnsLab;
  /** Begins to answer the starter, and later commands where there is a control socket. */
  serve(handlers: Handlers): void;
}

/**
 * Makes this process the first one of its sandbox: a private /run and /sys, orphans reaped, an end when its starter ends.
 * What is thrown before it serves ends it, in words for the user.
 */
export function enterSandbox(): Inside {
  process.once('uncaughtException', endWith);
  const text = process.env[SETTINGS_VARIABLE];
  if (text === undefined || process.pid !== 1)
    throw new LabError('this is the inner side of a netlab sandbox; start netlab itself');
  delete process.env[SETTINGS_VARIABLE];
  const settings = JSON.parse(text) as SandboxSettings;
  // Neither a full disk under the log nor a starter that is gone is a reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  reapOrphans();
  // The control socket lies in the machine's /run, which the next line hides.
  const server = settings.controlSocket === undefined ? undefined : listenAt(settings.controlSocket);
  systemCall('mount', 'netlab', '/run', 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755');
  systemCall('mount', 'netlab', '/sys', 'sysfs', 0, null);
  systemCall('sethostname', HOST_NAME, HOST_NAME.length);
  const proc = `/proc/self/fd/${settings.procFd}`;
  const look = (fd: number) => holderOf(fd, proc);
  const lab = new NetnsLab(
    new MachineNeighbourTable(new MachineLock(settings.neighbourLock, look)),
    new MachineLock(settings.measurementLock, look),
  );
  return { settings, lab, serve: (handlers) => serve(settings, server, handlers) };
}

function listenAt(controlSocket: string): Server {
  endWithFolder(dirname(controlSocket));
  const server = createServer();
  // A lab that nobody can find is refused; a connection that cannot be accepted (EMFILE) ends no lab.
  server.once('error', refuseToStart).once('listening', () => {
    server
      .off('error', refuseToStart)
      .on('error', (error) => console.error(`a connection was refused: ${error.message}`));
  });
  return server.listen(controlSocket);
}

function refuseToStart(cause: Error): never {
  endWith(new LabError(`nobody could reach the lab: ${cause.message}`));
}

/** What is said here is told to the user: see lab/sandbox/last-words.ts. */
function endWith(error: unknown): never {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
}

/** From now on no exception ends the lab: see stray-errors.ts. What nobody answers for is told in the log. */
function surviveStrayErrors(): void {
  let told = 0;
  process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => {
    if (answerForStray(error) || told >= STRAY_ERRORS_TOLD) return;
    told += 1;
    process.stderr.write(`an error that no measurement answers for: ${wordsOf(error)}\n`);
  });
}

/** Each request answers for its callbacks. */
function answering(handlers: Handlers): Handlers {
  const answered = Object.entries(handlers).map(([name, handler]): [string, Handler] => [
    name,
    async (parameters, context) =>
      await answeringFor(async (failed) => {
        const signal = AbortSignal.any([context.signal, failed]);
        return await handler(parameters, { ...context, signal });
      }),
  ]);
  return Object.fromEntries(answered);
}

/** A lab whose folder in the registry is removed, by hand, at logout or by a sweep, could never be found again: it ends. */
function endWithFolder(path: string): void {
  const folder = openSync(path, 'r');
  setInterval(() => {
    if (fstatSync(folder).nlink === 0) process.exit(0);
  }, FOLDER_LOOK_MS).unref();
}

function serve(settings: SandboxSettings, server: Server | undefined, handlers: Handlers): void {
  surviveStrayErrors();
  let staysUp = false;
  const own: Handlers = {
    hello: () => null,
    stay: () => {
      staysUp = server !== undefined;
      return null;
    },
    /** Process 1 ends, and the kernel ends everything else in here. */
    stop: () => void setImmediate(() => process.exit(0)),
  };
  const all = answering({ ...handlers, ...own });
  const starter = new Channel(new Socket({ fd: settings.channelFd }), all);
  const end = (): void => {
    if (!staysUp) process.exit(0);
  };
  void starter.closed.then(end);
  server?.on('connection', (socket) => void new Channel(socket, all));
}
