/** A scenario otherwise than its file says, and one that comes through a pipe. */
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '#src/plan/plan.js';
import { parseScenario } from '#src/scenario/parse.js';
import type { Variation } from '#src/scenario/variation.js';
import { strategies } from '#src/strategy/index.js';
import test from 'ava';
import { ended, netlab, temporaryFolder } from '../../support/cli.js';

const shipped = new URL('../../../scenarios/', import.meta.url).pathname;
const main = new URL('../../../dist/bin/netlab.js', import.meta.url).pathname;

function parsed(text: string, variation: Variation) {
  const leftOut: string[] = [];
  const onLeftOut = (what: string): void => void leftOut.push(what);
  return { scenario: parseScenario(text, { file: 'x', defaultName: 'x', strategies, variation, onLeftOut }), leftOut };
}

for (const hosts of [1, 2, 4])
  test(`compare --hosts ${hosts}: every shipped scenario can be planned`, async (t) => {
    const names = readdirSync(shipped).filter((file) => file.endsWith('.yaml'));
    // Every scenario is planned before the shard is looked at: nothing is built.
    for (const name of names) {
      const { exitCode, stderr } = await netlab(['plan', join(shipped, name), '--hosts', String(hosts)]);
      t.is(exitCode, 0, `${name}: ${stderr}`);
      t.is(/left out: NAT before h3/.test(stderr), name === 'encrypted-overlay.yaml' && hosts < 3);
    }
  });

test('what names a host that is not there is left out, and told; a host that never was stays wrong', (t) => {
  const text = `strategy: bridge-l2
cluster: { hosts: [{}, { name: db }, {}], underlay: { extraLinks: [[h1, db], [h1, h3]] } }
services: [{ name: web, containers: [h1c1, h3c1] }, { name: late, containers: [h3c2] }]
faults: [{ link-down: { at: 'h3:eth1' } }, { link-down: { at: 'db:eth1' } }]
`;
  const { scenario, leftOut } = parsed(text, { hosts: 2 });
  t.deepEqual(
    scenario.cluster.hosts.map(({ name }) => name),
    ['h1', 'db'],
  );
  t.deepEqual(scenario.cluster.underlay.extraLinks, [['h1', 'db']]);
  t.deepEqual(
    scenario.services.map(({ name, containers }) => ({ name, containers })),
    [{ name: 'web', containers: ['h1c1'] }],
  );
  t.is(scenario.faults?.length, 1);
  t.is(leftOut.length, 4, leftOut.join('\n'));
  t.deepEqual(
    parsed(text, { hosts: 4 }).scenario.cluster.hosts.map(({ name }) => name),
    ['h1', 'db', 'h3', 'h4'],
  );
  t.throws(() => parsed(text.replace('[h1, h3]', '[h1, h9]'), { hosts: 2 }), { message: /h9/ });
});

test('--containers: of a list the first, for every host', (t) => {
  const text =
    'strategy: bridge-l2\ncluster: { hosts: [{ containers: [{ name: app }, {}, {}] }, {}], containers: 4 }\n';
  const names = (containers: number) =>
    parsed(text, { containers }).scenario.cluster.hosts.map((host) => host.containers.map(({ name }) => name));
  t.deepEqual(names(1), [['app'], ['h2c1']]);
  t.deepEqual(
    names(5).map(({ length }) => length),
    [5, 5],
  );
});

test('--set: numbers, lists, a parameter of a strategy that is only named; what is wrong names the setting', async (t) => {
  const set = [
    'cluster.underlay.mtu=9000',
    'strategy.stp=true',
    'cluster.underlay.extraLinks=[[h1, h2]]',
    'coverage=all',
  ];
  const { exitCode, stdout, stderr } = await netlab([
    'plan',
    'bridge-l2',
    '--json',
    ...set.flatMap((one) => ['--set', one]),
  ]);
  t.is(exitCode, 0, stderr);
  const { scenario } = JSON.parse(stdout) as Plan;
  t.like(scenario, { coverage: 'all', strategy: { parameters: { stp: true } } });
  t.like(scenario.cluster.underlay, { mtuBytes: 9000, extraLinks: [['h1', 'h2']] });
  for (const [one, words] of [
    ['cluster.underlay.mtu=9', /found 9; allowed: .*it comes from --set cluster\.underlay\.mtu=9/],
    ['cluster.underlya.mtu=9', /underlya.*did you mean underlay\?/],
    ['cluster.underlay', /--set needs KEY=VALUE/],
    ['coverage=[', /--set coverage=\[: no value of a scenario/],
    ['__proto__.x=1', /--set needs KEY=VALUE/],
  ] as const) {
    const refused = await netlab(['plan', 'bridge-l2', '--set', one]);
    t.is(refused.exitCode, 2, one);
    t.regex(refused.stderr, words);
  }
});

const text = 'strategy: bridge-l2\ncluster: { hosts: 1 }\n';

test('a scenario from standard input, from <(...), and from a named pipe', async (t) => {
  const direct = await netlab(['plan', '-', '--json'], { stdin: text });
  t.is(direct.exitCode, 0, direct.stderr);
  t.is((JSON.parse(direct.stdout) as Plan).scenario.name, 'scenario');
  const wrong = await netlab(['run', '-'], { stdin: 'strategy: bridge-l2\ncluster: { hosts: 0 }\n' });
  t.is(wrong.exitCode, 2);
  t.regex(wrong.stderr, /^standard input:2:\d+: cluster\.hosts/m);
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'in.yaml'), text);
  const shell = `"$0" "$1" plan <(cat in.yaml) --json && mkfifo p && { cat in.yaml >p & "$0" "$1" graph p; }`;
  const piped = await ended(
    spawn('bash', ['-c', shell, process.execPath, main], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  t.is(piped.exitCode, 0, piped.stderr);
  t.regex(piped.stdout, /"name": "scenario"[\s\S]*graph/);
});

for (const [option, most] of [
  ['hosts', 250],
  ['containers', 1000],
] as const)
  test(`a number that --${option} gave and no cluster can have is not blamed on the file, also by --set`, async (t) => {
    const given = await netlab(['plan', 'bridge-l2', `--${option}`, '100000']);
    t.is(given.exitCode, 2);
    t.is(given.stderr, `netlab: --${option} needs a whole number from 1 to ${most}, not "100000"\n`);
    const set = await netlab(['plan', 'bridge-l2', '--set', `cluster.${option}=100000`]);
    t.is(set.exitCode, 2);
    t.regex(
      set.stderr,
      new RegExp(`cluster\\.${option}: found 100000; [^]*it comes from --set cluster.${option}=`, 'u'),
    );
  });
