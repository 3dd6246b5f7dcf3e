/** Changing sysctls of the machine itself for a moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const CONF = '/proc/sys/net/ipv4/conf';

/** What setting `forwarding` of all changes beside what was meant, and so is put back as well. */
const alsoChanged = (): readonly string[] =>
  readdirSync(CONF).flatMap((link) => [`${CONF}/${link}/forwarding`, `${CONF}/${link}/accept_redirects`]);

/**
 * Sets sysctls of the machine, lets `work` run, and puts them back: also when `work` throws and when this process is killed,
 * because a shell does it that waits for the end of a pipe which only this process holds.
 * @param values file to value
 */
export async function withMachineValues<T>(
  values: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  const files = [...new Set([...alsoChanged(), ...Object.keys(values)])];
  const before = files.map((file) => [file, readFileSync(file, 'utf8').trim()] as const);
  // An interface that has gone meanwhile has nothing to be put back.
  const putBack = before.map(([file, value]) => `[ ! -e '${file}' ] || echo '${value}' >'${file}'`);
  const guard = spawn('sh', ['-c', ['cat', ...putBack].join('\n')], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  const restored = once(guard, 'exit');
  try {
    for (const [file, value] of Object.entries(values)) writeFileSync(file, value);
    return await work();
  } finally {
    guard.stdin.end();
    await restored;
  }
}
