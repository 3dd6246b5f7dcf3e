/** Hosts with 1500 and 9000 bytes on one wire: what the plan predicts for each pair is what the lab does. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { mixedMtuWarnings } from '#src/plan/mixed-mtu.js';
import type { Plan } from '#src/plan/plan.js';
import { renderShell } from '#src/plan/render-shell.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, change } from './findings.js';

const run = promisify(execFile);

function mixed(
  strategy: string,
  parameters: Readonly<Record<string, unknown>> = {},
  containerMtuBytes?: number,
  { count = 3, wire = 9000, small = 1500, at = 'h2' } = {},
): Plan {
  const shape = { strategy, parameters, hosts: count, containers: 1, outsiders: 0, mtuBytes: wire };
  const { cluster, ...rest } = scenarioOf(shape);
  const own = containerMtuBytes === undefined ? {} : { mtuBytes: containerMtuBytes };
  const hosts = cluster.hosts.map((host) => ({
    ...host,
    ...(host.name === at ? { mtuBytes: small } : {}),
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

/**
 *     h1 ─── h2 (1500)     The ring's tree has its root at h1, and h3 reaches it by h2, which has a lower MAC than h4: so its
 *     │       │            tunnel to h4 is blocked, and all that it sends goes by the small host.
 *     h4 ─x─ h3
 */
test.serial(
  'a spanning tree that leads by a smaller third host is in the prediction, and the daemons choose it',
  async (t) => {
    const ring = { datapath: 'userspace', stp: 'stp', forwardDelaySeconds: 4, mesh: 'ring' };
    const plan = mixed('ovs-gre', ring, undefined, { count: 4 });
    const beware = mixedMtuWarnings(plan).join('\n');
    t.regex(beware, /h1c1, h3c1, h4c1 may send 8962 bytes, of which 1462 get to /u);
    t.regex(
      beware,
      /^tunnels lead between h1 and h3 by h2, between h3 and h4 by h2 and h1: 1462 bytes .* 8962 should/mu,
    );
    await withLab(plan, async (lab) => {
      const { promises, drift } = await lab.verify('path-mtu');
      t.deepEqual(drift, []);
      const [check] = promises[0]?.checks ?? [];
      t.is(check?.verdict, 'fail');
      const told = check?.evidence.map(({ message }) => message) ?? [];
      for (const message of told) t.regex(message, /and nobody tells it|a bulk TCP transfer does not complete/u);
      t.regex(
        told.join('\n'),
        /h\dg1 may send 8962 bytes, of which h\dc1 gets 1462, and nobody tells it: tunnels lead by h2.*, and h2:eth1 has MTU 1500/u,
      );
      for (const { where } of check?.evidence ?? []) t.is(where, 'h2:eth1');
      t.regex(check?.summary ?? '', /^delivered 1462 to 8962, predicted 1462 to 8962, /u);
      await lab.break({ fault: 'host-crash', host: 'h2' });
      await lab.settle();
      const without = (await lab.verify('path-mtu')).promises[0];
      t.regex(without?.checks[0]?.summary ?? '', /: delivered 8962, predicted 8962, /u, 'the tree by h4 carries all');
    });
  },
);

test.serial(
  'tinc sends directly where UDP passes, also where a smaller third host is the only one that both know',
  async (t) => {
    const chosen = { engine: 'tinc', knownPeers: 1 };
    const plan = mixed('encrypted-overlay', chosen, undefined, { wire: 1500, small: 1400, at: 'h1' });
    t.deepEqual(plan.mtu.ofHosts, { h1: 1341, h2: 1437, h3: 1437 });
    await withLab(plan, async (lab) => {
      const { promises, drift } = await lab.verify('path-mtu');
      t.deepEqual(drift, []);
      const [check] = promises[0]?.checks ?? [];
      t.regex(check?.summary ?? '', /^delivered 13[234]\d to 1437, predicted 1341 to 1437, /u);
      // Nothing short, nothing long: h2 and h3 have a whole 1437 between them.
      t.is(check?.verdict, 'pass', JSON.stringify(check?.evidence, undefined, 1));
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
