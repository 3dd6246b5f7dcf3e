/** What a child process finds around it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MARK_VARIABLE } from '../sandbox/settings.js';

/** Variables that a child inherits; everything else must be given, so that a run does not depend on the caller's shell. */
const INHERITED = ['HOME', 'TERM', 'TMPDIR', MARK_VARIABLE] as const;
/** Where Debian keeps network tools; an ordinary user's PATH lacks the last three. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin';

/** Without what npm puts in front of it: node_modules/.bin may hold an `nft` that is quite another program. */
function searchPath(): string {
  const inherited = (process.env['PATH'] ?? '').split(':');
  const folders = inherited.filter((folder) => folder !== '' && !folder.endsWith('/node_modules/.bin'));
  return [...folders, SYSTEM_PATH].join(':');
}

/** The environment of a child: a fixed language, a PATH that has the system's tools, and what is given. */
export function childEnvironment(given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { env } = process;
  const kept = INHERITED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { PATH: searchPath(), LC_ALL: 'C.UTF-8', ...Object.fromEntries(kept), ...given };
}

/**
 * What process 1 of a sandbox needs beyond that: NODE_* decides how it runs (NODE_OPTIONS, NODE_V8_COVERAGE), NETLAB_* is
 * ours, TZ is for times in logs, and without LD_LIBRARY_PATH some installations of Node.js do not start.
 */
const FOR_NETLAB_ITSELF = /^(?:NODE_.*|NETLAB_.*|TZ|LD_LIBRARY_PATH)$/;

/**
 * The environment of a sandbox. What else is in the user's environment (tokens, proxies, LD_PRELOAD) stays outside: no
 * measurement may depend on it, and a lab may stay up for long after its starter has gone.
 */
export function sandboxEnvironment(given: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => FOR_NETLAB_ITSELF.test(name));
  return childEnvironment({ ...(Object.fromEntries(kept) as Record<string, string>), ...given });
}

/** Whether the search path has a file of this name, executable or not, as far as this user can see. */
export function isOnPath(program: string): boolean {
  return searchPath()
    .split(':')
    .some((directory) => existsSync(join(directory, program)));
}
