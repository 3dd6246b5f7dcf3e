/** Whether an ordinary user can be root of a namespace here, and what to do when not. */
import { readFileSync } from 'node:fs';
import { LabError } from '../errors.js';
import type { Argv } from '../machine/command-line.js';
import { runTool, ToolError } from '../process.js';

const UNSHARE_TIMEOUT_MS = 5000;
/** What netlab puts before a command to be root of a throw-away network. */
export const AS_NAMESPACE_ROOT = ['unshare', '--user', '--map-root-user', '--net', '--mount', '--'] as const;

export interface UserNamespaces {
  readonly available: boolean;
  /** Which setting forbids them, or what unshare said; empty when available. */
  readonly detail: string;
  /** Empty when available. */
  readonly remedy: string;
}

/**
 * Tries it, with the very program that netlab uses. About 3 ms.
 * @param prefix what would run a command as root of a namespace
 */
export async function probeUserNamespaces(prefix: Argv = AS_NAMESPACE_ROOT): Promise<UserNamespaces> {
  try {
    await runTool([...prefix, 'true'], { timeoutMs: UNSHARE_TIMEOUT_MS });
    return { available: true, detail: '', remedy: '' };
  } catch (error) {
    if (error instanceof ToolError) return { available: false, ...explainUserNamespaces(error.output.stderr.trim()) };
    if (error instanceof LabError)
      return { available: false, detail: error.message, remedy: 'sudo apt-get install util-linux' };
    throw error;
  }
}

type ReadSetting = (path: string) => string | undefined;

interface Cause {
  readonly applies: (read: ReadSetting) => boolean;
  readonly detail: string;
  readonly remedy: string;
}

const OR_ROOT = 'or run netlab with sudo';

/** Every way in which a distribution or an administrator forbids them. Ordered: the first that applies is what unshare ran into. */
const causes: readonly Cause[] = [
  {
    applies: (read) => read('/proc/self/uid_map') === undefined,
    detail: 'this kernel was built without user namespaces (CONFIG_USER_NS)',
    remedy: 'run netlab with sudo',
  },
  {
    // A limit per user, counted in each user namespace on the way up (user_namespaces(7), namespaces(7)).
    applies: (read) => read('/proc/sys/user/max_user_namespaces') === '0',
    detail: 'user.max_user_namespaces is 0',
    remedy: `sudo sysctl user.max_user_namespaces=15000, ${OR_ROOT}`,
  },
  {
    applies: (read) =>
      ['/proc/sys/user/max_net_namespaces', '/proc/sys/user/max_mnt_namespaces'].some((path) => read(path) === '0'),
    detail: 'user.max_net_namespaces or user.max_mnt_namespaces is 0',
    remedy: `sudo sysctl user.max_net_namespaces=15000 user.max_mnt_namespaces=15000, ${OR_ROOT}`,
  },
  {
    // Debian's own switch, since 2013.
    applies: (read) => read('/proc/sys/kernel/unprivileged_userns_clone') === '0',
    detail: 'kernel.unprivileged_userns_clone is 0',
    remedy: `sudo sysctl kernel.unprivileged_userns_clone=1, ${OR_ROOT}`,
  },
  {
    // Ubuntu since 23.10: the namespace is made, but AppArmor takes its capabilities away.
    applies: (read) => read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1',
    detail: 'AppArmor restricts unprivileged user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)',
    remedy: `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, ${OR_ROOT}`,
  },
  {
    applies: (read) => /^Seccomp:\s*2$/m.test(read('/proc/self/status') ?? ''),
    detail: 'a seccomp filter forbids them, as container engines set it by default',
    remedy:
      'start the container with --cap-add SYS_ADMIN --cap-add NET_ADMIN, or without a seccomp profile (--security-opt seccomp=unconfined)',
  },
];

/**
 * Why user namespaces cannot be made, and what to do.
 * @param words what unshare said
 * @param read gives a file's content without the line end, or undefined when there is none
 */
export function explainUserNamespaces(
  words: string,
  read: ReadSetting = readSetting,
): Omit<UserNamespaces, 'available'> {
  const cause = causes.find(({ applies }) => applies(read));
  const { detail, remedy } = cause ?? {
    detail: 'this user may not make user namespaces',
    remedy: 'run netlab with sudo',
  };
  return { detail: words === '' ? detail : `${detail} (${words})`, remedy };
}

function readSetting(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
