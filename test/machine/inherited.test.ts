/**
 * Nodes have nothing from the machine's first network namespace. These tests change that one for some seconds, so they run
 * alone (npm run test:machine): netlab proves after every run that the machine is as it was.
 */
import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import type { RunResult } from '#src/result/result.js';
import { netlab } from '../support/cli.js';
import { withMachineValues } from './values.js';

const PROC = '/proc/sys/net/ipv4';
const inBoth = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    ['all', 'default'].flatMap((scope) =>
      Object.entries(values).map(([name, value]) => [`${PROC}/conf/${scope}/${name}`, value] as const),
    ),
  );

/** What Docker, distributions and guides to hardening set, and what would be noticed in a lab at once. */
const CHANGED = {
  [`${PROC}/ip_forward`]: '1',
  ...inBoth({ rp_filter: '1', arp_ignore: '8', arp_announce: '2', send_redirects: '0', accept_redirects: '0' }),
  ...inBoth({ accept_source_route: '0', log_martians: '1' }),
  [`${PROC}/neigh/default/base_reachable_time_ms`]: '1000',
  [`${PROC}/neigh/default/ucast_solicit`]: '1',
};

/** @returns why not, where the machine's own namespace is none that others begin from (a container), or not ours to change */
function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can change the sysctls of the machine';
  const isFirst = existsSync('/proc/sys/net/core/devconf_inherit_init_net');
  return isFirst ? undefined : "this is not the machine's first network namespace";
}

async function promisesOf(t: ExecutionContext, scenario: string): Promise<ReadonlyArray<readonly string[]>> {
  const { exitCode, stdout, stderr } = await netlab(['run', scenario, '--json']);
  t.is(exitCode, 0, stderr);
  const { promises } = JSON.parse(stdout) as RunResult;
  return promises.map(({ promise, verdict, cell }) => [promise, verdict, cell]);
}

/** Sysctls of a node, as `exec` shows them. A port of a bridge asks for no neighbours. */
async function sysctlsOf(t: ExecutionContext, lab: string, node: string): Promise<string> {
  const names = 'cd /proc/sys/net && grep -r . ipv4/conf ipv6/conf ipv4/neigh/eth0 2>/dev/null | sort';
  const { exitCode, stdout } = await netlab(['exec', lab, node, '--', 'sh', '-c', names]);
  t.is(exitCode, 0);
  return stdout;
}

async function lookInto(t: ExecutionContext, lab: string): Promise<readonly string[]> {
  t.is((await netlab(['up', 'bridge-l2', '--name', lab])).exitCode, 0);
  try {
    return [await sysctlsOf(t, lab, 'h1'), await sysctlsOf(t, lab, 'h1c1'), await sysctlsOf(t, lab, 'o1')];
  } finally {
    await netlab(['down', lab]);
  }
}

const reason = whyNot();
const machineTest = reason === undefined ? test.serial : test.serial.skip;
const skipped = reason === undefined ? '' : ` (skipped: ${reason})`;

machineTest(`nodes begin from compiled-in values, whatever the machine has${skipped}`, async (t) => {
  const plain = await lookInto(t, 'plain');
  const changed = await withMachineValues(CHANGED, async () => await lookInto(t, 'changed'));
  const lines = changed.map((text) => text.split('\n'));
  t.deepEqual(
    lines.map((own, index) => own.filter((line) => !plain[index]?.split('\n').includes(line))),
    [[], [], []],
  );
  t.true(lines.every(({ length }) => length > 100));
});

for (const scenario of ['bridge-l2', 'host-gw']) {
  machineTest(`${scenario}: the whole matrix is the same under changed values of the machine${skipped}`, async (t) => {
    const plain = await promisesOf(t, scenario);
    t.deepEqual(await withMachineValues(CHANGED, async () => await promisesOf(t, scenario)), plain);
  });
}
