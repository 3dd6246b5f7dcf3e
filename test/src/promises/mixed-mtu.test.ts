/** Hosts with 1500 and 9000 bytes on one wire: what the plan predicts for each pair is what the lab does. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import { renderShell } from '#src/plan/render-shell.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, change } from './findings.js';

const run = promisify(execFile);

function mixed(strategy: string, parameters: Readonly<Record<string, unknown>> = {}, containerMtuBytes?: number): Plan {
  const { cluster, ...rest } = scenarioOf({
    strategy,
    parameters,
    hosts: 3,
    containers: 1,
    outsiders: 0,
    mtuBytes: 9000,
  });
  const own = containerMtuBytes === undefined ? {} : { mtuBytes: containerMtuBytes };
  const hosts = cluster.hosts.map((host) => ({
    ...host,
    ...(host.name === 'h2' ? { mtuBytes: 1500 } : {}),
    containers: host.containers.map((container) => ({ ...container, ...own })),
  }));
  return planOf({ ...rest, cluster: { ...cluster, hosts } });
}

/** MTU of every interface that the plan names, as `node:link MTU`, by what `ip link` prints in each node. */
const mtusOf = (node: string, links: string): string[] =>
  [...links.matchAll(/^\d+: ([^@:]+)\S* .* mtu (\d+) /gmu)]
    .filter(([, link]) => link !== 'lo')
    .map(([, link, mtu]) => `${node}:${link} ${mtu}`);

async function labMtus(lab: TestLab, { nodes }: Plan): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name } of nodes) found.push(...mtusOf(name, (await lab.sh(name, 'ip -o link')).output));
  return found.toSorted();
}

/** Of the same plan built by its shell script. */
async function scriptMtus(plan: Plan): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'netlab-mtu-'));
  try {
    const script = join(folder, 'plan.sh');
    await writeFile(script, renderShell(plan));
    const names = plan.nodes.map(({ name }) => name);
    const session = `set -eu; mount -t tmpfs tmpfs /run; sh "$1" up
for node in ${names.join(' ')}; do echo "@$node"; ip -n "netlab-$node" -o link; done`;
    const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const throwAway = ['--user', '--map-root-user', '--mount', '--net', 'sh', '-c', session, 'sh', script];
    const { stdout } = await run('unshare', throwAway, { env: { ...process.env, PATH }, timeout: 60_000 });
    return stdout
      .split(/^@/mu)
      .flatMap((part) => mtusOf(part.split('\n', 1)[0] ?? '', part))
      .toSorted();
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Which MTUs of interfaces, and whether a script of nothing but links builds it. */
type Row = readonly [strategy: string, large: number, small: number, parameters?: Readonly<Record<string, unknown>>];
const userspace = { engine: 'wireguard', implementation: 'userspace' } as const;
const rows: readonly Row[] = [
  ['bridge-l2', 9000, 1500],
  ['routable-lan', 9000, 1500],
  ['dhcp', 9000, 1500],
  ['host-gw', 9000, 1500],
  ['bgp', 9000, 1500],
  ['bgp', 9000, 1500, { granularity: 'container' }],
  ['macvlan', 9000, 1500],
  ['host-network', 9000, 1500],
  ['vxlan', 8950, 1450],
  ['ovs-gre', 8962, 1462, { datapath: 'userspace', stp: 'off', mesh: 'star' }],
  ['encrypted-overlay', 8890, 1390, userspace],
];

for (const [strategy, large, small, parameters] of rows)
  test.serial(
    `${strategy} ${JSON.stringify(parameters ?? {})}: each pair carries what is predicted, lab and script are alike`,
    async (t) => {
      const plan = mixed(strategy, parameters);
      await withLab(plan, async (lab) => {
        const { promises, drift } = await lab.verify('path-mtu');
        t.deepEqual(drift, []);
        const [result] = promises;
        const [check] = result?.checks ?? [];
        const summary = `delivered ${small} to ${large}, predicted ${small} to ${large}, interfaces ${small} to ${large} bytes`;
        t.true(check?.summary?.startsWith(summary), check?.summary);
        // No direction carries less than its prediction, nor more: what is wrong is that nobody tells those who send more.
        const swallowed = new RegExp(
          `may send ${large} bytes, of which h\\dc\\d gets ${small}, and nobody tells it`,
          'u',
        );
        t.is(check?.verdict, 'fail');
        for (const { message } of check?.evidence ?? []) t.regex(message, swallowed);
        if (plan.nodes.every(({ services }) => services.length === 0))
          t.deepEqual(await scriptMtus(plan), await labMtus(lab, plan));
      });
    },
  );

test.serial('where every container has the smallest MTU, hosts may be mixed, and the promise is kept', async (t) => {
  await withLab(mixed('bridge-l2', {}, 1500), async (lab) => {
    const { promises, drift } = await lab.verify('path-mtu');
    t.deepEqual(drift, []);
    t.is(promises[0]?.verdict, 'pass', JSON.stringify(promises[0]?.checks, undefined, 1));
    t.regex(promises[0]?.checks[0]?.summary ?? '', /^delivered 1500, predicted 1500, interfaces 1500 bytes/u);
  });
});

test.serial('a bridge follows its port, drift tells of the port alone, and all evidence has one number', async (t) => {
  await withLab(planOf(scenarioOf({ containers: 1, outsiders: 0 })), async (lab) => {
    // Exact with br_netfilter, four bytes more without: both are the MTU of 1400.
    await change(t, lab, 'h2', 'ip link set eth1 mtu 1400');
    const { promises, drift } = await lab.verify('path-mtu');
    t.deepEqual(drift, ['h2:eth1: MTU is 1400, planned 1500']);
    const [result] = promises;
    if (result === undefined) return t.fail();
    assertFinding(t, result, {
      where: 'h2:eth1',
      words: ['h2:eth1 has MTU 1400 (planned 1500): the largest packet that arrives has 1400 bytes'],
    });
    const [check] = result.checks;
    t.regex(check?.summary ?? '', /^delivered 1400 to 1500, predicted 1500, /u);
    const sizes = check?.observations.filter(({ name }) => name === 'largestDeliveredBytes').map(({ value }) => value);
    t.deepEqual(sizes, [1500, 1400]);
  });
});
