/** Who has a lock, as the kernel tells of it: what a process says of itself is asked only for the name of its lab. */
import { type BigIntStats, fstatSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { LockHolder } from '../waits.js';
import { isStopped } from '../processes.js';
import { findHolder, sightOf } from './lock-descriptors.js';

/** A line of /proc/locks (proc_locks(5)): `1: FLOCK ADVISORY WRITE 1234 00:1b:5678 0 EOF`. Those that wait have an arrow. */
const FLOCK = /^\d+: FLOCK +\S+ +\S+ +(\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /u;
const LONGEST_WORD = 100;

/**
 * @param fd of the file that is locked
 * @param proc the procfs that has the process in it
 * @returns undefined when nobody has it, or a process that cannot be seen from there: in another container
 */
export function holderOf(fd: number, proc = '/proc'): LockHolder | undefined {
  const file = fstatSync(fd, { bigint: true });
  const named = (): number | undefined => lockingPid(file, readOr(`${proc}/locks`));
  const pid = named();
  if (pid === undefined) return tellsOfAll(proc) ? undefined : described(findHolder(file.ino, pid, proc), proc);
  if (['has it', 'may not be seen'].includes(sightOf(pid, file.ino, proc))) return described(pid, proc);
  // Most often it has just given it back.
  const now = named();
  if (now !== pid) return described(now, proc);
  return described(findHolder(file.ino, pid, proc), proc) ?? { pid, stopped: false, ended: true };
}

/** Of a process that has ended /proc/locks tells only in the first PID namespace (locks_translate_pid, fs/locks.c), where kthreadd is. */
const tellsOfAll = (proc: string): boolean => readOr(`${proc}/2/comm`) === 'kthreadd\n';

function lockingPid({ dev, ino }: BigIntStats, locks: string): number | undefined {
  // Device numbers as the kernel prints them (linux/kdev_t.h); with file systems that give out others, the inode must do.
  const device = [(dev >> 8n) & 0xfffn, (dev & 0xffn) | ((dev >> 12n) & 0xfff00n)].join(':');
  const lines = locks.split('\n').flatMap((line) => {
    const [, pid, major, minor, inode] = FLOCK.exec(line) ?? [];
    if (inode !== String(ino)) return [];
    return [
      {
        pid: Number(pid),
        isExact: device === `${Number.parseInt(major ?? '', 16)}:${Number.parseInt(minor ?? '', 16)}`,
      },
    ];
  });
  return (lines.find(({ isExact }) => isExact) ?? lines[0])?.pid;
}

function described(pid: number | undefined, proc: string): LockHolder | undefined {
  if (pid === undefined) return undefined;
  const own = titleOf(readOr(`${proc}/${pid}/cmdline`));
  const status = readOr(`${proc}/${pid}/status`);
  const program = /^Name:\t(.+)$/mu.exec(status)?.[1];
  const uid = /^Uid:\t\d+\t(\d+)/mu.exec(status)?.[1];
  const user = userName(uid) ?? own?.user;
  return {
    pid,
    stopped: isStopped(pid, proc),
    ...(user === undefined ? {} : { user }),
    ...(own === undefined ? {} : { lab: own.lab }),
    ...(program === undefined ? {} : { program: plain(program) }),
  };
}

/** In a user namespace numbers are others than outside, and most have none: then only a netlab's own word is left. */
function userName(uid: string | undefined): string | undefined {
  if (uid === undefined || readOr('/proc/self/uid_map').trim().split(/\s+/u)[2] !== '4294967295') return undefined;
  const line = readOr('/etc/passwd')
    .split('\n')
    .find((entry) => entry.split(':')[2] === uid);
  return line === undefined ? uid : plain(line.split(':')[0] ?? '');
}

/** The last word of process 1's command line, so that `ps` and those who wait for it see which lab it is. */
export function titleFor(lab: string): string {
  return `netlab ${plain(lab)} of ${ownName()}`;
}

function titleOf(commandLine: string): { readonly lab: string; readonly user: string } | undefined {
  const title = printable(commandLine.split('\0').at(-2) ?? '');
  const [, lab, user] = /^netlab (.+) of (\S+)$/u.exec(title) ?? [];
  // Each part is cut, not the whole: a long lab's name would take the user's away.
  return lab === undefined || user === undefined ? undefined : { lab: cut(lab), user: cut(user) };
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'nobody');
  }
}

/** What others have chosen, for a terminal. */
const plain = (text: string): string => cut(printable(text));

const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '');

const cut = (text: string): string => text.slice(0, LONGEST_WORD);

function readOr(path: string, otherwise = ''): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
