/** Comparisons of real labs: verdicts, exit codes, what is stored, Ctrl-C and kill -9 with twenty labs, nothing left. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { eventJsonSchema } from '#src/result/event-schema.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import type { Comparison } from '#src/result/comparison.js';
import type { ComparisonEvent } from '#src/result/events.js';
import { ended, netlab, startNetlab, temporaryFolder } from '../../support/cli.js';
import { leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';

const main = fileURLToPath(new URL('../../../dist/bin/netlab.js', import.meta.url));
const small = 'cluster: { hosts: 2, containers: 1 }\n';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const LEFT_DEADLINE_MS = 30_000;

/** Writes scenarios into a folder of their own. @returns the folder, which is also where the command is started */
function workplace(scenarios: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(scenarios)) writeFileSync(join(folder, `${name}.yaml`), text);
  return folder;
}

const two = {
  one: `strategy: bridge-l2\n${small}`,
  other: `strategy: { name: bridge-l2, masquerade: off }\n${small}`,
};

test.serial(
  'two scenarios of two hosts on three, on two underlays: four columns, one document on stdout and in the folder',
  async (t) => {
    const cwd = workplace(two);
    const argv = [
      'compare',
      'one.yaml',
      'other.yaml',
      '--underlay',
      'switch,routed',
      '--hosts',
      '3',
      '--only',
      'unique-address',
      '--json',
    ];
    const { exitCode, stdout, stderr } = await netlab(argv, { cwd });
    t.is(exitCode, 0, stderr);
    const comparison = JSON.parse(stdout) as Comparison;
    t.deepEqual(
      comparison.runs.map(({ name, result: { design, plan, promises } }) => [
        name,
        design?.underlay.kind,
        plan.hosts,
        promises[0]?.cell,
      ]),
      [
        ['one@switch', 'switch', 3, 'kept'],
        ['one@routed', 'routed', 3, 'kept'],
        ['other@switch', 'switch', 3, 'kept'],
        ['other@routed', 'routed', 3, 'kept'],
      ],
    );
    t.true(comparison.complete);
    for (const { result } of comparison.runs)
      t.like(result.leaks, { verified: true, leftovers: [], machineChanges: [] });
    t.deepEqual(JSON.parse(readFileSync(join(cwd, 'reports', 'comparison.json'), 'utf8')), comparison);
  },
);

test.serial('the worst run decides: a broken promise is exit code 1, and the events tell everything', async (t) => {
  const broken = `${two.other}expect: { egress: promised }\n`;
  const cwd = workplace({ one: two.one, other: broken });
  const { exitCode, stdout } = await netlab(
    ['compare', 'one.yaml', 'other.yaml', '--only', 'egress', '--events', '--out', 'there'],
    { cwd },
  );
  t.is(exitCode, 1);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ComparisonEvent);
  const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(eventJsonSchema());
  for (const event of events) t.true(validate(event), `${event.type}: ${JSON.stringify(validate.errors)}`);
  t.like(events[0], { type: 'comparison-started', runs: [{ name: 'one' }, { name: 'other' }] });
  const last = events.at(-1);
  t.is(last?.type, 'comparison-ended');
  const codes = events.flatMap((event) =>
    event.type === 'run-ended' ? [`${event.run} ${event.result.exitCode}`] : [],
  );
  t.deepEqual(codes.toSorted(), ['one 0', 'other 1']);
  const stored = await netlab(['report', join(cwd, 'there', 'comparison.json'), '--run', 'other']);
  t.regex(stored.stdout, /egress is BROKEN/);
  t.is((await netlab(['report', join(cwd, 'there', 'comparison.json'), '--run', 'othr'])).exitCode, 2);
});

test('wrong usage is exit code 2 before anything is built: all that is wrong at once', async (t) => {
  const cwd = workplace({
    a: 'strategy: bridge-l2\ncluster: { hosts: 0 }\n',
    b: 'strategy: nothing-like-it\n',
    ...two,
  });
  const compare = (...argv: string[]) => netlab(['compare', ...argv], { cwd });
  const both = await compare('a.yaml', 'b.yaml', 'one.yaml');
  t.is(both.exitCode, 2);
  t.regex(both.stderr, /a\.yaml:2:/);
  t.regex(both.stderr, /b\.yaml:1:/);
  t.is((await compare('one.yaml', '--underlay', 'carrier-pigeon')).exitCode, 2);
  t.is((await compare('one.yaml', '--shard', '3/2')).exitCode, 2);
  t.regex((await compare('one.yaml', '--hosts', '0')).stderr, /--hosts needs a whole number/);
  t.is((await compare('one.yaml', '--jobs', '0')).exitCode, 2);
  t.regex((await compare('one.yaml', './one.yaml')).stderr, /two scenarios have the name "one"/);
  t.regex((await compare('one.yaml', '--out', '/proc/none')).stderr, /no result can be stored/);
});

test.serial('shards: each measures its part, and one without work is content', async (t) => {
  const cwd = workplace(two);
  const compare = async (shard: string, env: Record<string, string> = {}) => {
    const argv = ['compare', 'one.yaml', 'other.yaml', '--only', 'egress', '--json', '--shard', shard];
    const { exitCode, stdout, stderr } = await netlab(argv, { cwd, env });
    t.is(exitCode, 0, stderr);
    return JSON.parse(stdout) as Comparison;
  };
  const second = await compare('auto', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '2' });
  t.deepEqual(second.shard, { index: 2, total: 2 });
  t.deepEqual(second.planned, ['one', 'other']);
  t.deepEqual(
    second.runs.map(({ name }) => name),
    ['other'],
  );
  t.like(await compare('3/3'), { runs: [], exitCode: 0 });
});

test('root of a user namespace that kept the network of its parent can ask what there is', async (t) => {
  const argv = ['--user', '--map-root-user', process.execPath, main, 'doctor', '--json'];
  const { stdout, stderr } = await ended(spawn('unshare', argv, { stdio: 'pipe', env: { PATH, HOME: '/tmp' } }));
  t.is(stderr, '');
  t.truthy((JSON.parse(stdout) as { findings: unknown }).findings);
});

test.serial('what this machine cannot build is exit code 3, or shown and skipped', async (t) => {
  const cwd = workplace(two);
  const hide = 'mount --bind /dev/null "$(command -v nft || echo /usr/sbin/nft)" && exec "$@"';
  const compare = (...argv: string[]) => {
    const inside = ['--user', '--map-root-user', '--mount', 'sh', '-c', hide, 'sh', process.execPath, main];
    const options = { stdio: 'pipe', cwd, env: { PATH, HOME: '/tmp' } } as const;
    return ended(spawn('unshare', [...inside, 'compare', 'one.yaml', 'other.yaml', ...argv], options));
  };
  const strict = await compare('--only', 'egress', '--json');
  t.is(strict.exitCode, 3, strict.stderr);
  const [one, other] = (JSON.parse(strict.stdout) as Comparison).runs;
  const nft = one?.result.missing?.find(({ requirement }) => requirement === 'program nft');
  t.is(nft?.remedy, 'sudo apt-get install nftables');
  t.is(one?.result.leaks, null, 'nothing was built');
  t.is(other?.result.exitCode, 0, 'the other one was');
  const skipping = await compare('--only', 'egress', '--skip-missing');
  t.is(skipping.exitCode, 0, skipping.stderr);
  t.regex(skipping.stdout, / one: program nft: no such program/);
  t.regex(skipping.stdout, /1 cannot be built here/);
});

const LABS = 20;
const crowd = Object.fromEntries(
  Array.from({ length: LABS }, (_, index) => [
    `s${index + 1}`,
    'strategy: bridge-l2\ncluster: { hosts: 3, containers: 12 }\n',
  ]),
);

/** Starts twenty labs at once and sends the signal when every sandbox is open. */
async function cutOff(signal: 'SIGINT' | 'SIGKILL') {
  const trace = newTrace();
  const files = Object.keys(crowd).map((name) => `${name}.yaml`);
  const child = startNetlab(['compare', ...files, '--jobs', String(LABS), '--events'], {
    cwd: workplace(crowd),
    env: { [TRACE_VARIABLE]: trace },
  });
  let open = 0;
  let comparison: Comparison | undefined;
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const event = JSON.parse(line) as ComparisonEvent;
    if (event.type === 'phase-ended' && event.phase === 'sandbox') open += 1;
    if (event.type === 'phase-ended' && event.phase === 'sandbox' && open === LABS) child.kill(signal);
    if (event.type === 'comparison-ended') comparison = event.comparison;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, open, comparison, left: await leftAfter(trace, LEFT_DEADLINE_MS) };
}

test.serial('Ctrl-C with twenty labs: all are taken down and reported, exit code 130, nothing left', async (t) => {
  t.timeout(300_000);
  const { exitCode, open, comparison, left } = await cutOff('SIGINT');
  t.is(open, LABS);
  t.is(exitCode, 130);
  t.deepEqual(left, []);
  t.is(comparison?.runs.length, LABS);
  t.false(comparison?.complete);
  for (const { result } of comparison?.runs ?? [])
    t.like(result.leaks, { verified: true, leftovers: [], machineChanges: [] });
});

test.serial('kill -9 with twenty labs: nothing left', async (t) => {
  t.timeout(300_000);
  const { exitCode, open, left } = await cutOff('SIGKILL');
  t.is(open, LABS);
  t.is(exitCode, null);
  t.deepEqual(left, []);
});
