/** Runs on machines whose network others change meanwhile. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { RunEvent } from '#src/result/events.js';
import { ended, entryFor, NOBODY, temporaryFolder } from '../../support/cli.js';

/** How long src/run/run.ts waits for what is the lab's own. */
const CLEAN_DEADLINE_MS = 30_000;
const users = process.getuid?.() === 0 ? [0, NOBODY] : [process.getuid?.() ?? NOBODY];

const cwd = temporaryFolder();
const scenario = join(cwd, 'test.yaml');
writeFileSync(scenario, 'strategy: bridge-l2\ncluster: { hosts: 2, containers: 2 }\nonly: [native-ports]\n');

/** Once something is measured: an engine's interface, and one like the lab's own; then what netlab itself is told. */
const CHANGING = `$0 "$@" | while read -r line; do
  case $line in *check-started*) ip link add veth1a2b type veth peer name eth0 2>/dev/null && ip address add 172.17.0.1/16 dev veth1a2b;; esac
  printf '%s\\n' "$line"
done`;

for (const uid of users)
  test.serial(
    `what others change of the machine's network is no finding, and not waited for, as user ${uid}`,
    async (t) => {
      // A network of its own, in which netlab is root; or, as somebody else, may change nothing.
      const machine = process.getuid?.() === 0 ? ['--net'] : ['--user', '--map-root-user', '--net'];
      const as = uid === NOBODY ? ['setpriv', `--reuid=${uid}`, '--clear-groups'] : [];
      const run = ['run', scenario, '--events'];
      const argv = [...machine, 'sh', '-c', CHANGING, ...as, process.execPath, entryFor(uid), ...run];
      const { stdout, stderr } = await ended(
        spawn('unshare', argv, { cwd, stdio: 'pipe', env: { ...process.env, NETLAB_RUNTIME_DIR: temporaryFolder() } }),
      );
      const events = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as RunEvent);
      const result = events.find((event) => event.type === 'run-ended')?.result;
      t.is(result?.exitCode, 0, stderr);
      t.like(result?.leaks, { verified: true, leftovers: [], machineChanges: [] });
      t.true(result?.leaks?.otherChanges?.includes('address 172.17.0.1/16 on veth1a2b is new'));
      t.true((result?.leaks?.waitedMs ?? Infinity) < CLEAN_DEADLINE_MS);
    },
  );
