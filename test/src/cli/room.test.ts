/** Labs side by side: bench has all of them up at once, compare as many as fit, and checks build small ones beside a lab. */
import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startSandbox } from '#lab/sandbox.js';
import { demandRoomFor, labsThatFit } from '#src/cli/room.js';
import type { Comparison } from '#src/result/comparison.js';
import { insideEntry } from '#src/run/run.js';
import { nodesBeside } from '#src/scenario/size.js';
import { type CliResult, ended, entryFor, temporaryFolder } from '../../support/cli.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';

const roomOf = (namespaces: number) => ({ namespaces, memoryBytes: 100e9, openFiles: 1e6 });
const small = planOf(scenarioOf({ hosts: 2, containers: 1, outsiders: 0 }));
const large = planOf(scenarioOf({ hosts: 2, containers: 10, outsiders: 0 }));
const [smallNodes, largeNodes] = [small.nodes.length, large.nodes.length];

test('labs that are all up at once must fit together, to the last node', async (t) => {
  const sum = smallNodes + largeNodes;
  await t.notThrowsAsync(demandRoomFor([small, large], roomOf(sum)));
  await t.throwsAsync(demandRoomFor([small, large], roomOf(sum - 1)), {
    message: `2 labs at once are ${sum} nodes; allowed: at most ${sum - 1} on this machine: a user may have ${sum - 1} network namespaces (user.max_net_namespaces)`,
  });
  await t.throwsAsync(demandRoomFor([small, large], { ...roomOf(1e6), memoryBytes: sum * 512 * 1024 - 1 }), {
    message: /MB of memory are free/u,
  });
});

test('containers that use the network of their host need no room of their own', async (t) => {
  const shared = planOf(scenarioOf({ strategy: 'host-network', hosts: 2, containers: 10, outsiders: 0 }));
  await t.notThrowsAsync(demandRoomFor([shared], roomOf(shared.nodes.length - 20)));
});

test('of labs that can wait as many are up as fit, whichever they are', async (t) => {
  const each = [smallNodes, smallNodes, largeNodes].map((nodes) => nodes + nodesBeside(2));
  const [one, two, three] = [each[2] ?? 0, (each[1] ?? 0) + (each[2] ?? 0), each.reduce((a, b) => a + b, 0)];
  const plans = [small, small, large];
  const fitting = (namespaces: number, most = 24) => labsThatFit(plans, most, roomOf(namespaces));
  t.deepEqual(
    await Promise.all([1, one, two - 1, two, three - 1, three].map((room) => fitting(room))),
    [1, 1, 1, 2, 2, 3],
  );
  t.is(await fitting(three, 2), 2);
});

/** Of process 1, which holds each by a descriptor. */
function namespacesOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const held = readdirSync(folder).flatMap((fd) => {
    try {
      return [readlinkSync(`${folder}/${fd}`)];
    } catch {
      return [];
    }
  });
  return new Set(held.filter((target) => target.startsWith('net:'))).size;
}

for (const [strategy, hosts] of [
  ['vxlan', 2],
  ['dhcp', 4],
] as const)
  test.serial(
    `checks have no more nodes beside a lab than they are reckoned to: ${strategy}, ${hosts} hosts`,
    async (t) => {
      const plan = planOf(scenarioOf({ strategy, hosts }));
      const sandbox = await startSandbox({ entry: insideEntry });
      try {
        await sandbox.channel.call('build', { plan });
        await sandbox.channel.call('converge', null);
        const own = namespacesOf(sandbox.initPid);
        const over = new AbortController();
        const verified = sandbox.channel.call('verify', {}).finally(() => over.abort());
        let most = own;
        while (!over.signal.aborted) {
          most = Math.max(most, namespacesOf(sandbox.initPid));
          await delay(1);
        }
        await verified;
        t.true(most > own, 'seen while they were there');
        t.true(most - own <= nodesBeside(hosts), `${most - own} beside, reckoned ${nodesBeside(hosts)}`);
      } finally {
        sandbox.kill();
        await sandbox.exited;
      }
    },
  );

/** A netlab whose user may have so many network namespaces. */
async function limited(namespaces: number, ...argv: readonly string[]): Promise<CliResult> {
  const cwd = temporaryFolder();
  const cluster = 'cluster: { hosts: 2, containers: 1, outsiders: 0 }\n';
  for (const strategy of ['bridge-l2', 'host-gw'])
    writeFileSync(join(cwd, `${strategy}-small.yaml`), `strategy: ${strategy}\n${cluster}`);
  const script = 'echo "$1" > /proc/sys/user/max_net_namespaces && shift && exec "$@"';
  const netlab = ['sh', '-c', script, 'sh', String(namespaces), process.execPath, entryFor(undefined), ...argv];
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd };
  return await ended(spawn('unshare', ['--user', '--map-root-user', ...netlab], { cwd, env, stdio: 'pipe' }));
}

test.serial(
  'a machine with room for one lab compares two, one after the other, and nothing lacks a namespace',
  async (t) => {
    // The largest of the two, what is beside it, and the sandbox itself.
    const { stdout, stderr } = await limited(64, 'compare', 'bridge-l2-small.yaml', 'host-gw-small.yaml', '--json');
    const { runs } = JSON.parse(stdout) as Comparison;
    t.deepEqual(
      runs.map(({ result }) => result.exitCode),
      [0, 0],
      stderr,
    );
  },
);

test.serial(
  'what does not fit is refused before anything is built: a lab with its checks, a benchmark with its wire',
  async (t) => {
    const run = await limited(40, 'run', 'bridge-l2-small.yaml');
    t.is(run.exitCode, 2);
    t.regex(
      run.stderr,
      /2 hosts with 2 containers are \d+ nodes, and checks build up to 51 more beside them; allowed: at most 40 nodes/u,
    );
    const only = await limited(40, 'run', 'bridge-l2-small.yaml', '--only', 'no-nat');
    t.is(only.exitCode, 0, only.stderr);
    const bench = await limited(15, 'bench', 'bridge-l2-small.yaml', '--measure', 'requests', '--budget', '2s');
    t.is(bench.exitCode, 2);
    t.regex(bench.stderr, /3 labs at once are \d+ nodes; allowed: at most 15/u);
  },
);
