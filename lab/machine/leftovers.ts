/** What a lab left behind: processes, and whatever keeps one of its namespaces alive. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { MARK_VARIABLE } from '../sandbox/settings.js';

/** What identifies a lab. */
export interface LabIdentity {
  /** Value of NETLAB_MARK in the environment of each of its processes, and part of the paths it mounts; unique. */
  readonly mark: string;
  /** Inodes on nsfs of its namespaces, of every type; of those that somebody holds open: others are used again. */
  readonly namespaceInodes: Iterable<number>;
}

/** Name of the memory file by which whoever holds a lab's namespaces for a proof is known to other proofs of that lab. */
export const holderName = (mark: string): string => `netlab-proof-${mark}`;

/** Processes that have the mark, as far as this user may look into them. */
export function markedProcesses(mark: string): number[] {
  return processIds().filter((pid) => pid !== process.pid && markOf(pid) === mark);
}

/**
 * Looks through every process that this user may look into. Processes that vanish meanwhile are none; those with the
 * mark of another lab are that lab's business; so is who holds namespaces open for a proof like this one.
 * @returns one line for each thing that is left; empty when nothing is
 */
export function findLeftovers(lab: LabIdentity): string[] {
  const inodes = new Set([...lab.namespaceInodes].map(String));
  // A namespace of the process that asks is shared with the whole machine.
  for (const type of list('/proc/self/ns')) inodes.delete(/\d+/.exec(link(`/proc/self/ns/${type}`))?.[0] ?? '');
  const holder = `/memfd:${holderName(lab.mark)} `;
  const seenMounts = new Set<string>();
  return processIds().flatMap((pid) => {
    // What the process that asks holds goes with it; the mounts it sees may be the machine's.
    if (pid === process.pid) return mounts(pid, lab.mark, inodes, seenMounts);
    const mark = markOf(pid);
    if (mark !== undefined && mark !== lab.mark) return [];
    if (mark === lab.mark) return [`${describe(pid)} still runs`];
    return [...lives(pid, inodes), ...holds(pid, inodes, holder), ...mounts(pid, lab.mark, inodes, seenMounts)];
  });
}

function processIds(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
}

/** Undefined also for a process that is dead but not yet reaped: it holds nothing any more. */
function markOf(pid: number): string | undefined {
  const variable = read(`/proc/${pid}/environ`)
    .split('\0')
    .find((assignment) => assignment.startsWith(`${MARK_VARIABLE}=`));
  return variable?.slice(MARK_VARIABLE.length + 1);
}

function lives(pid: number, inodes: ReadonlySet<string>): string[] {
  const types = list(`/proc/${pid}/ns`).filter((type) => isOneOf(link(`/proc/${pid}/ns/${type}`), inodes));
  return types.length === 0 ? [] : [`${describe(pid)} lives in the lab's ${types.join(', ')} namespace`];
}

function holds(pid: number, inodes: ReadonlySet<string>, holder: string): string[] {
  const held = list(`/proc/${pid}/fd`).map((fd) => link(`/proc/${pid}/fd/${fd}`));
  if (held.some((target) => target.startsWith(holder))) return [];
  return held
    .filter((target) => isOneOf(target, inodes))
    .map((target) => `${describe(pid)} holds the namespace ${target} open`);
}

/** Mounts are those of a mount namespace, which many processes share: each is read once. */
function mounts(pid: number, mark: string, inodes: ReadonlySet<string>, seen: Set<string>): string[] {
  const namespace = link(`/proc/${pid}/ns/mnt`);
  if (namespace === '' || seen.has(namespace)) return [];
  seen.add(namespace);
  const left = read(`/proc/${pid}/mountinfo`)
    .split('\n')
    .filter((line) => line !== '' && (line.includes(mark) || isOneOf(line.split(' ')[3] ?? '', inodes)));
  return left.map((line) => `mount ${line.split(' ')[4]} is left in the mount namespace of ${describe(pid)}`);
}

/** @param target `net:[4026531840]`, as nsfs names a namespace; pipes and sockets are named likewise, and have other inodes */
export function namespaceInode(target: string): string | undefined {
  return /^(?:cgroup|ipc|mnt|net|pid|time|user|uts):\[(\d+)\]$/u.exec(target)?.[1];
}

function isOneOf(target: string, inodes: ReadonlySet<string>): boolean {
  const inode = namespaceInode(target);
  return inode !== undefined && inodes.has(inode);
}

function describe(pid: number): string {
  return `process ${pid} (${read(`/proc/${pid}/comm`).trim()})`;
}

/** Empty when the process is gone or belongs to someone else. */
function read(path: string): string {
  return orElse(() => readFileSync(path, 'utf8'), '');
}

function list(path: string): string[] {
  return orElse(() => readdirSync(path), []);
}

function link(path: string): string {
  return orElse(() => readlinkSync(path), '');
}

function orElse<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
