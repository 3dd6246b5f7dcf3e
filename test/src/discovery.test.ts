import test from 'ava';
import { $ as shell } from 'zx';
import { probe } from '#lab/capabilities.js';
import type { Scenario } from '#src/scenario/scenario.js';
import type { RunResult } from '#src/result/result.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from './promises/findings.js';

const scenario = (discovery: Scenario['discovery'] = { kind: 'consul', agents: 'host' }): Scenario => ({
  ...scenarioOf({ hosts: 2, containers: 1 }),
  services: [{ name: 'web', port: 80, containers: ['h1c1', 'h2c1'] }],
  discovery,
});

const $ = shell({ quiet: true, nothrow: true });

const { binaries } = await probe(['binary:consul']);
const withConsul = binaries[0]?.version === undefined ? test.skip : test.serial;

withConsul('healthy; a dead server, a wrong registration, a lost agent: each is told of with its node', async (t) => {
  await withLab(planOf(scenario()), async (lab) => {
    const healthy = await lab.measure('service-discovery');
    assertVerdict(t, healthy, 'pass');
    t.deepEqual(
      healthy.checks[0]?.observations.map(({ name }) => name),
      ['goneAfterStopMs', 'goneAfterSilenceMs'],
    );

    await change(t, lab, 'h1', 'consul services register -name web -id other -address 10.1.0.1 -port 8080');
    assertFinding(
      t,
      await lab.measure('service-discovery'),
      {
        where: 'h1',
        words: ["which is the host h1: the container's own address is not what was registered"],
      },
      { where: /^h[12]$/u, words: ['a port that the containers do not serve at', '8080'] },
    );
    await change(t, lab, 'h1', 'consul services deregister -id other');

    await kill(lab, 'h2c1', 'service-web');
    assertFinding(t, await lab.measure('service-discovery'), {
      where: 'h2c1',
      // Which of them depends on whether the agent has looked since.
      words: [/does not lead to h2c1, which serves it|at 10\.1\.2\.2 port 80, and not h2c1 answered/u],
    });

    await kill(lab, 'h2', 'discovery-consul/agent');
    assertFinding(t, await lab.measure('service-discovery'), {
      where: 'h2',
      words: ['the agent of h2 does not answer h2c1, which asks 10.1.0.2'],
    });
  });
});

withConsul(
  'an agent that dies while a server is silent: nobody answers, which does not mean that the server is gone',
  async (t) => {
    await withLab(planOf(scenario()), async (lab) => {
      const measuring = lab.measure('service-discovery');
      // Two containers come, and when one of them has gone again, the other one is silent.
      const guests = 'ip -o link | grep -c veth-h1g';
      await change(
        t,
        lab,
        'h1',
        `timeout 20 sh -c 'for count in 2 1; do until [ "$(${guests})" = $count ]; do sleep 0.02; done; done'`,
      );
      await kill(lab, 'h2', 'discovery-consul/agent');
      const result = await measuring;
      assertFinding(t, result, {
        where: 'h1',
        words: [/h1g\d no longer answers/u, 'still leads to it, or nobody answers', 'asked of the agent of h2'],
      });
      const silence = result.checks[0]?.observations.find(({ name }) => name === 'goneAfterSilenceMs');
      t.is(silence?.value, null);
    });
  },
);

withConsul('with an agent in each container the agents are asked themselves', async (t) => {
  await withLab(planOf(scenario({ kind: 'consul', agents: 'container' })), async (lab) => {
    assertVerdict(t, await lab.measure('service-discovery'), 'pass');
  });
});

test.serial('without the program the rest is measured, and this is skipped with what to do', async (t) => {
  const plan = planOf(scenario());
  const nowhere = (name: string | undefined) => (name === 'consul' ? 'consul-that-is-not-here' : name);
  const renamed = JSON.parse(
    JSON.stringify(plan, (key, value: unknown) =>
      (key === 'requires' || key === 'name') && typeof value === 'string' ? nowhere(value) : value,
    ),
  ) as typeof plan;
  await withLab(renamed, async (lab) => {
    const { promises } = await lab.verify('service-discovery', 'container-to-container', 'infrastructure-free');
    t.deepEqual(
      promises.map(({ promise, cell }) => [promise, cell]),
      [
        ['container-to-container', 'kept'],
        ['service-discovery', 'unverified'],
        ['infrastructure-free', 'kept'],
      ],
    );
    const { reason, remedy } = promises[1]?.checks[0] ?? {};
    t.regex(reason ?? '', /consul is not on this machine/u);
    t.regex(remedy ?? '', /Install Consul from its makers/u);
  });
});

test.serial('without the program the labs built beside it are built without it, too', async (t) => {
  t.timeout(120_000);
  const hide = 'own=$(command -v consul) && mount --bind /dev/null "$own"; exec "$@"';
  const only = 'service-discovery,survives-host-loss';
  const run = [process.execPath, 'dist/bin/netlab.js', 'run', 'service-discovery', '--only', only, '--json'];
  const alone = ['--user', '--map-root-user', '--mount'];
  const { exitCode, stdout, stderr } = await $`unshare ${alone} sh -c ${hide} sh ${run}`;
  t.is(exitCode, 0, stderr);
  const { promises } = JSON.parse(stdout) as RunResult;
  t.deepEqual(
    promises.map(({ promise, cell }) => [promise, cell]),
    [
      ['service-discovery', 'unverified'],
      ['survives-host-loss', 'kept'],
    ],
  );
});

test.serial('where no discovery is planned, nobody answers: absent by measurement', async (t) => {
  await withLab(planOf(scenario({ kind: 'none', agents: 'host' })), async (lab) => {
    const { promises } = await lab.verify('service-discovery');
    t.deepEqual([promises[0]?.verdict, promises[0]?.cell], ['fail', 'absent']);
  });
});

test('the services of a scenario stand in the plan, beside those of the strategy', (t) => {
  const { nodes, requirements, infrastructure, promises } = planOf(scenario());
  const services = (node: string) => nodes.find(({ name }) => name === node)?.services.map(({ name }) => name);
  t.deepEqual(services('h1c1'), ['service-web']);
  t.deepEqual(services('h1'), ['discovery-consul', 'discovery-dns', 'discovery-register-web-h1c1']);
  t.true(requirements.some((one) => one.kind === 'binary' && one.name === 'consul' && one.optional === true));
  t.deepEqual(infrastructure.daemons, []);
  t.is(promises['service-discovery'].declared, 'promised');
  t.deepEqual(
    planOf(scenarioOf()).nodes.flatMap((node) => node.services),
    [],
  );
});

/** Kills the processes of a node whose command line has this in it. */
async function kill(lab: TestLab, node: string, part: string): Promise<void> {
  const command = `own=$(readlink /proc/self/ns/net); found=1
for one in /proc/[0-9]*; do
  [ "$one" != "/proc/$$" ] && [ "$(readlink "$one/ns/net")" = "$own" ] && grep -q '${part}' "$one/cmdline" || continue
  kill -KILL "\${one#/proc/}" && found=0
done; exit $found`;
  const { code, output } = await lab.sh(node, command);
  if (code !== 0) throw new Error(`nothing was killed: ${output}`);
}
