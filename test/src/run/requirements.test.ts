/** What a machine lacks is said before anything is built, with what to do about it. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { probe } from '#lab/capabilities.js';
import type { Diagnosis } from '#src/cli/diagnosis.js';
import { makePlan } from '#src/plan/make-plan.js';
import type { RunResult } from '#src/result/result.js';
import { parseScenario } from '#src/scenario/parse.js';
import { strategies } from '#src/strategy/index.js';
import { type CliResult, ended, startNetlab, temporaryFolder } from '../../support/cli.js';

const main = fileURLToPath(new URL('../../../dist/bin/netlab.js', import.meta.url));
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs netlab where another file lies over some: for this process and its children alone. */
async function runWithout(files: readonly string[], words: readonly string[]): Promise<CliResult> {
  const hide = files.map((file) => `mount --bind /dev/null "${file}" && `).join('');
  const inside = ['sh', '-c', `${hide}exec "$@"`, 'sh', process.execPath, main, ...words, '--json'];
  const argv = ['--user', '--map-root-user', '--mount', ...inside];
  return await ended(spawn('unshare', argv, { stdio: 'pipe', env: { PATH, HOME: temporaryFolder() } }));
}

/** Where a shell finds a program, behind all links. */
const fileOf = (program: string): string => `$(readlink -f "$(command -v ${program})")`;

/** Exit code 3, the reason with its remedy, nothing built and nothing left. */
function assertRefused(t: ExecutionContext, { exitCode, stdout }: CliResult, words: RegExp, remedy: RegExp): void {
  t.is(exitCode, 3, stdout);
  const { failure, promises, leaks } = JSON.parse(stdout) as RunResult;
  t.regex(failure?.message ?? '', words);
  t.regex(failure?.remedy ?? '', remedy);
  t.deepEqual(promises, []);
  t.deepEqual(leaks?.leftovers, []);
}

interface Program {
  readonly strategy: string;
  readonly name: string;
  readonly debianPackage: string;
}

/** The first program that each strategy needs beside nft, or nft where it needs no other. */
function programsOf(): readonly Program[] {
  return [...strategies.values()].flatMap((strategy) => {
    const options = { file: 'defaults', defaultName: strategy.name, strategies };
    const { requirements } = makePlan(parseScenario(`strategy: ${strategy.name}\n`, options), strategy);
    const programs = requirements.flatMap((one) =>
      one.kind === 'binary' && one.debianPackage !== undefined && one.optional !== true
        ? [{ strategy: strategy.name, name: one.name, debianPackage: one.debianPackage }]
        : [],
    );
    return programs.find(({ name }) => name !== 'nft') ?? programs[0] ?? [];
  });
}

/** Choices that need a module of the kernel. */
const kernelChoices: ReadonlyArray<readonly [string, string, string]> = [
  ['openvswitch', 'strategy: { name: ovs-gre, datapath: kernel }', 'openvswitch'],
  ['link:wireguard', 'strategy: { name: encrypted-overlay, engine: wireguard, implementation: kernel }', 'wireguard'],
];

const programs = programsOf();
const names = [...programs.map(({ name }) => `binary:${name}`), ...kernelChoices.map(([feature]) => feature)];
const here = await probe([...new Set(names)]);
const isHere = (wanted: string): boolean =>
  here.binaries.some(({ name, version }) => name === wanted && version !== undefined) ||
  here.features.some(({ name, available }) => name === wanted && available);

for (const { strategy, name, debianPackage } of programs) {
  // What is not here cannot be hidden.
  const whereItIs = isHere(name) ? test : test.skip;
  whereItIs(`${strategy} without ${name}`, async (t) => {
    const installs = new RegExp(`apt-get install .*${debianPackage}`, 'u');
    const result = await runWithout([fileOf(name)], ['run', strategy]);
    assertRefused(t, result, new RegExp(`program ${name}: no such program`, 'u'), installs);
  });
}

for (const [feature, text, name] of kernelChoices) {
  const whereItIsNot = isHere(feature) ? test.skip : test;
  whereItIsNot(`a kernel without ${name}: ${text}`, async (t) => {
    const file = join(temporaryFolder(), 'test.yaml');
    writeFileSync(file, `${text}\n`);
    const result = await ended(startNetlab(['run', file, '--json']));
    assertRefused(t, result, new RegExp(`needs what this machine does not have:[^]*${name}`, 'u'), /\w/u);
  });
}

/** What the device's driver answers that is not there: another one lies in its place, which knows no tunnels. */
for (const strategy of ['ovs-gre', 'encrypted-overlay'])
  test(`${strategy} where /dev/net/tun is none`, async (t) => {
    const result = await runWithout(['/dev/net/tun'], ['run', strategy]);
    assertRefused(t, result, /link tun: /u, /tun/u);
  });

test('doctor tells what a benchmark lacks: iperf3 and ping, which no strategy needs', async (t) => {
  const { stdout, exitCode } = await runWithout([fileOf('iperf3'), fileOf('ping')], ['doctor']);
  const { bench, findings, healthy } = JSON.parse(stdout) as Diagnosis;
  t.deepEqual(bench.missing.map(({ requirement }) => requirement).toSorted(), ['program iperf3', 'program ping']);
  for (const name of ['program:iperf3', 'program:ping'])
    t.true(findings.find((one) => one.name === name)?.neededWith.includes('netlab bench'), name);
  t.is(exitCode, healthy ? 0 : 3);
  t.deepEqual(bench.missing.map(({ remedy }) => remedy).toSorted(), [
    'sudo apt-get install iperf3',
    'sudo apt-get install iputils-ping',
  ]);
});

test('doctor tells what other choices need, what is missing of it, and what an ordinary user cannot run', async (t) => {
  const { stdout } = await runWithout(['/dev/net/tun', fileOf('etcd')], ['doctor']);
  const { strategies: diagnosed, choices, findings } = JSON.parse(stdout) as Diagnosis;
  const of = (name: string) => diagnosed.find(({ strategy }) => strategy === name);
  const [kv] = of('vxlan')?.choices ?? [];
  t.like(kv, { parameter: 'forwarding', value: 'kv', needs: ['program etcd'] });
  t.regex(kv?.missing[0]?.remedy ?? '', /apt-get install etcd-server/u);
  t.deepEqual(findings.find(({ name }) => name === 'program:etcd')?.neededWith, ['vxlan (forwarding: kv)']);
  t.deepEqual(of('vxlan')?.missing, []);
  t.deepEqual(of('vxlan')?.missingForUser, []);
  t.deepEqual(
    of('ovs-gre')?.missingForUser?.map(({ requirement }) => requirement),
    ['link tun'],
  );
  t.true(of('dhcp')?.choices.some(({ value, needs }) => value === 'kea' && needs.includes('program kea-dhcp4')));
  t.like(choices[0], { parameter: 'discovery', value: 'consul' });
});
