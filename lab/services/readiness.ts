/** When a service counts as ready: conditions that compose, each waited for without a fixed sleep. */
import { readFileSync, statSync, watch } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '../errors.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import { connectTcp } from '../sockets/tcp.js';
import type { ReadyCondition } from '../state.js';
import type { ServiceLog } from './log.js';

/** Between two looks at what tells nobody of its changes. */
const POLL_MS = 5;
/** A connection to an address that swallows packets is tried afresh after this long. */
const CONNECT_TIMEOUT_MS = 1000;

export interface Surroundings {
  /** Where the service runs. */
  readonly namespace: NetworkNamespace;
  readonly log: ServiceLog;
}

/** Something to wait for. */
export interface Readiness {
  /** What did not happen, when it did not: `nothing accepts connections at 10.1.0.1 port 53`. */
  readonly otherwise: string;
  /** Resolves when it holds. Stops looking, without ever resolving or rejecting in vain, when the signal comes. */
  wait(surroundings: Surroundings, signal: AbortSignal): Promise<void>;
}

/** @throws LabError when a pattern is no regular expression */
export function readinessOf(condition: ReadyCondition): Readiness {
  switch (condition.kind) {
    case 'tcp':
      return acceptsConnections(condition.address, condition.port);
    case 'file':
      return fileServes(condition.path);
    case 'log':
      return logMatches(condition.pattern);
    case 'link':
      return linkExists(condition.link);
    case 'done':
      return { otherwise: 'it has not ended', wait: () => new Promise(() => {}) };
    case 'started':
      return { otherwise: 'it did not start', wait: () => Promise.resolve() };
  }
}

/** The same with a deadline of its own: `wait` rejects with a LabError when it has passed. */
export function within(timeoutMs: number, readiness: Readiness): Readiness {
  const { otherwise } = readiness;
  return {
    otherwise,
    wait: async (surroundings, signal) => {
      const enough = new AbortController();
      const either = AbortSignal.any([signal, enough.signal]);
      const late = delay(timeoutMs, undefined, { signal: either }).then(
        () => Promise.reject(new LabError(`not ready within ${timeoutMs} ms: ${otherwise}`)),
        () => new Promise<never>(() => {}),
      );
      try {
        await Promise.race([readiness.wait(surroundings, either), late]);
      } finally {
        enough.abort();
      }
    },
  };
}

function acceptsConnections(address: string, port: number): Readiness {
  return {
    otherwise: `nothing accepts connections at ${address} port ${port}`,
    wait: async ({ namespace }, signal) => {
      // Nothing tells when another process begins to listen.
      while (!signal.aborted && !(await canConnect(namespace, address, port))) await delay(POLL_MS);
    },
  };
}

function canConnect(namespace: NetworkNamespace, address: string, port: number): Promise<boolean> {
  const family = address.includes(':') ? 'ipv6' : 'ipv4';
  const options = { family, address, port, idleTimeoutMs: CONNECT_TIMEOUT_MS } as const;
  const connection = connectTcp(namespace, options);
  return new Promise((resolve) => {
    connection.onConnect = () => {
      resolve(true);
      connection.close();
    };
    connection.onClose = () => resolve(false);
  });
}

/** A file is enough when it exists. A socket appears with bind(2), and only listen(2), later, makes it take connections. */
function fileServes(path: string): Readiness {
  return {
    otherwise: `there is no file ${JSON.stringify(path)}, or it is a socket at which nobody listens`,
    wait: async (_, signal) => {
      await fileExists(path, signal);
      if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
      while (!signal.aborted && !(await takesConnections(path))) await delay(POLL_MS);
    },
  };
}

function fileExists(path: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // First the watch, then the look: what appears in between is seen by one of them.
    const stopWatching = watchDirectory(dirname(path), look);
    signal.addEventListener('abort', stopWatching, { once: true });
    look();
    function look(): void {
      if (statSync(path, { throwIfNoEntry: false }) === undefined) return;
      stopWatching();
      resolve();
    }
  });
}

/** A datagram socket, which has nothing to connect to in this sense (EPROTOTYPE), is there when its file is. */
function takesConnections(path: string): Promise<boolean> {
  const socket = connect(path);
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EPROTOTYPE'));
  });
}

function linkExists(link: string): Readiness {
  return {
    otherwise: `there is no interface ${JSON.stringify(link)}`,
    wait: async ({ namespace }, signal) => {
      const devices = (): string => namespace.run(() => readFileSync('/proc/thread-self/net/dev', 'utf8'));
      const isListed = (): boolean =>
        devices()
          .split('\n')
          .some((line) => line.trim().startsWith(`${link}:`));
      while (!signal.aborted && !isListed()) await delay(POLL_MS);
    },
  };
}

/** inotify has few instances for each user (fs.inotify.max_user_instances, often 128): without one the file is looked for again and again. */
function watchDirectory(directory: string, look: () => void): () => void {
  try {
    const watcher = watch(directory, look).on('error', look);
    return () => watcher.close();
  } catch {
    const timer = setInterval(look, POLL_MS);
    return () => clearInterval(timer);
  }
}

function logMatches(text: string): Readiness {
  const pattern = compile(text);
  return {
    otherwise: `no line of its log matches /${text}/`,
    wait: ({ log }, signal) => log.matching(pattern, signal),
  };
}

function compile(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (cause) {
    throw new LabError(`"${text}" is no regular expression`, { cause });
  }
}
