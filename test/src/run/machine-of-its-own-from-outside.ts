/** Starts a machine of its own: see machine-of-its-own.ts for what runs in it. */
import { fileURLToPath } from 'node:url';
import { runTool } from '#lab/process.js';
import { entryFor } from '../../support/cli.js';

export const ROOT = process.getuid?.() === 0;
const PRIVATE = ['--mount', '--pid', '--time', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];
const TIMEOUT_MS = 180_000;

/** Runs a script as its first process. @returns its lines */
export async function insideOf(script: URL): Promise<readonly string[]> {
  const inside = fileURLToPath(script);
  const user = ROOT ? [] : ['--user', '--map-root-user'];
  const node = [process.execPath, '--import=tsx', inside, entryFor(undefined), ...(ROOT ? ['as-root'] : [])];
  const shell = ['sh', '-c', 'mount -t tmpfs tmpfs /run && exec "$@"', 'sh', ...node];
  const { stdout } = await runTool(['unshare', ...user, ...PRIVATE, ...shell], { timeoutMs: TIMEOUT_MS });
  return stdout.trim().split('\n');
}
