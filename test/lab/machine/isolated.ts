/** Runs code as root of a machine of its own: a throw-away network, process table and mount table. */
import { runTool } from '#lab/process.js';

const UNSHARE = [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  '--net',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
] as const;

/**
 * @param code body of a module; it may import `#lab/...` and call `give(VALUE)` with its result
 * @param prefix words before the Node.js command inside
 */
export async function isolated<T>(code: string, prefix: readonly string[] = []): Promise<T> {
  const give = `const give = (value) => process.stdout.write(JSON.stringify(value));`;
  const node = [process.execPath, '--input-type=module', '-e', `${give}\n${code}`];
  const { stdout } = await runTool([...UNSHARE, ...prefix, ...node], { timeoutMs: 30_000 });
  return JSON.parse(stdout) as T;
}
