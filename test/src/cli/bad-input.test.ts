import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type CliResult, controls, netlab, temporaryFolder } from '../../support/cli.js';

/** Wrong usage: exit code 2, one clear message on stderr, nothing on stdout, no stack trace, no control characters. */
function refused(t: ExecutionContext, { exitCode, stdout, stderr }: CliResult, words: readonly RegExp[]): void {
  t.is(exitCode, 2, stderr);
  t.is(stdout, '');
  t.notRegex(stderr, /^\s+at .*:\d+/m, 'no stack trace');
  t.notRegex(stderr, /defect/);
  t.notRegex(stderr, controls);
  t.is(stderr.match(/^netlab: /gm)?.length ?? 0, 1, stderr);
  for (const one of words) t.regex(stderr, one);
}

const refuses = test.macro<[argv: readonly string[], ...words: RegExp[]]>({
  exec: async (t, argv, ...words) => refused(t, await netlab(argv), words),
  title: (given = '', argv) => given || `refuses: netlab ${argv.join(' ')}`,
});

test(refuses, ['rn', 'bridge-l2'], /unknown command 'rn'; did you mean run\?/, /netlab --help/);
test(refuses, ['run'], /missing required argument 'SCENARIO'/, /netlab run --help/);
test(refuses, ['run', 'bridge-l2', 'twice'], /too many arguments/);
test(refuses, ['run', 'bridge-l3'], /no scenario "bridge-l3"/, /did you mean bridge-l2\?/);
test(refuses, ['run', 'bridge-l2', '--onyl', 'no-nat'], /unknown option '--onyl'; did you mean --only\?/);
test(refuses, ['run', 'bridge-l2', '--only'], /argument missing/);
test(refuses, ['run', 'bridge-l2', '--only', 'path-mut'], /no promise "path-mut"; did you mean path-mtu\?/);
test(refuses, ['run', 'bridge-l2', '--only', 'no-nat,'], /no promise ""/);
test(refuses, ['run', 'bridge-l2', '--json', '--events'], /cannot be used with/);
test(refuses, ['--json', 'run', 'bridge-l2', '--events'], /exclude each other/);
test(refuses, ['--events', 'plan', 'bridge-l2'], /plan cannot print events/);
test(refuses, ['--json', 'shell', 'look', 'h1'], /shell cannot print json|no lab/);
test(refuses, ['plan', 'bridge-l2', '--format', 'yaml'], /allowed choices are table, json, shell/i);
test(refuses, ['run', 'bridge-l2', '--out', '/proc/nowhere'], /no result can be stored in "\/proc\/nowhere"/);
test(refuses, ['up', 'bridge-l2', '--name', '../x'], /no name for a lab/);
test(refuses, ['up', 'bridge-l2', '--name', ''], /no name for a lab/);
test(refuses, ['verify', 'nobody'], /no lab "nobody"; no lab is running/, /netlab up/);
test(refuses, ['down'], /no lab is named/);
test(refuses, ['down', 'nobody'], /no lab "nobody"/);
test(refuses, ['down', 'nobody', '--all'], /exclude each other/);
test(refuses, ['exec', 'nobody', 'h1', '--', 'true'], /no lab "nobody"/);
test(refuses, ['exec', 'nobody', 'h1'], /missing required argument 'COMMAND'/);
test(refuses, ['capture', 'nobody', 'h1', '--count', '0'], /--count needs a whole number/);
test(refuses, ['capture', 'nobody', 'h1', '--count', '1e3'], /--count needs a whole number/);
test(refuses, ['capture', 'nobody', 'h1', '--seconds', '-1'], /--seconds needs a number above 0|argument missing/);
test(refuses, ['graph', 'bridge-l2', '--format', 'png'], /dot, mermaid, svg/);
test(refuses, ['schema', 'plan'], /scenario, result/);
test(refuses, ['report', '/nonexistent/result.json'], /cannot be read/);
test(refuses, ['report', '/'], /cannot be read: it is a folder/);
test(refuses, ['report', 'nofile'], /"nofile" cannot be read: there is no such file/);
test(refuses, ['run', '/tmp'], /"\/tmp" is a folder, and a scenario is a file/);
test(refuses, ['run', '/dev/null'], /"\/dev\/null" is a device, and a scenario is a file/);
test(refuses, ['compare', '--shard', '4/3'], /4\/3 is none of the 3 parts/, /--shard 1\/3 to --shard 3\/3/);
test(refuses, ['bench', 'vxlan', '--budget', '60'], /--budget needs a time such as 60s.*"60"/);
test(refuses, ['bench', 'vxlan', '--budget', '0s'], /--budget needs a time/);
test(refuses, ['bench', 'vxlan', '--measure', 'tcp'], /no measurement "tcp"/, /tcp-1, tcp-8/);
test(refuses, ['bench', 'vxlan', '--mtu', 'own'], /no pass "own"/);
test(refuses, ['bench', 'vxlan', '--udp-rate', 'fast'], /--udp-rate needs bits per second/);
test(refuses, ['bench', 'vxlan', '--pairs', '0'], /--pairs needs a whole number/);
test(refuses, ['bench', 'vxlna'], /did you mean vxlan\?/);
test(refuses, ['bench', 'vxlan', '--out', '/proc/nowhere'], /no result can be stored/);
test(refuses, ['gate'], /required option '--baseline FILE' not specified|--baseline/);
test(refuses, ['gate', '--baseline', '/nonexistent.json'], /cannot be read/);
test(refuses, ['diff', '/nonexistent.json', '-'], /cannot be read/);
test(refuses, ['trend', '/nonexistent.jsonl'], /cannot be read/);
test(refuses, ['completion', 'tcsh'], /bash, zsh, fish/);
test(refuses, ['init', 'a b'], /no name for a scenario file/);
test(refuses, ['init', '--strategy', 'bridge-l3'], /did you mean bridge-l2\?/);
test(refuses, ['help', 'rn'], /unknown command or topic "rn"; did you mean run\?/, /netlab --help/);
test(refuses, ['help', 'brige-l2'], /unknown command or topic "brige-l2"; did you mean bridge-l2\?/);
test(refuses, ['help', 'path-mut'], /unknown command or topic "path-mut"; did you mean path-mtu\?/);
test(refuses, ['rn', '--help'], /unknown command 'rn'; did you mean run\?/);

test('a scenario with problems: each with file, line and column, all at once', async (t) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'bad.yaml'), 'strategy: bridge-l3\ncluster:\n  hosts: none\n  underlay: { mtu: 9 }\n');
  const { exitCode, stdout, stderr } = await netlab(['run', 'bad.yaml', '--out', 'results'], { cwd });
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /^bad\.yaml:1:11: .*did you mean bridge-l2/m);
  t.regex(stderr, /^bad\.yaml:3:10: /m);
  t.regex(stderr, /^bad\.yaml:4:20: /m);
  t.deepEqual(readdirSync(cwd), ['bad.yaml'], 'nothing is made on bad input');
});

test('a stored result that is none: the file and what is wrong with it', async (t) => {
  const not = await netlab(['report', '-'], { stdin: 'hello' });
  refused(t, not, [/standard input: not a JSON document/]);
  refused(t, await netlab(['report', '-'], { stdin: '{"schemaVersion":1}' }), [/not a result of netlab/]);
  refused(t, await netlab(['report', '-'], { stdin: '{"schemaVersion":99}' }), [/newer netlab/]);
});

test('without a command: the help, on stderr, exit 2', async (t) => {
  const { exitCode, stdout, stderr } = await netlab([]);
  t.is(exitCode, 2);
  t.is(stdout, '');
  t.regex(stderr, /^Usage: netlab COMMAND/);
});

const hostile: readonly string[] = [
  '$(touch pwned)',
  '; touch pwned;',
  'a b',
  'a\nb',
  'a\u0007b',
  '\u001b[31mred',
  '../../etc/passwd',
  '.',
  '',
  '-',
  '\u202egnp.exe',
  'x'.repeat(5000),
];

for (const name of hostile)
  test(`hostile names reach no shell and no terminal: ${JSON.stringify(name.slice(0, 30))}`, async (t) => {
    const cwd = temporaryFolder();
    const lines: readonly (readonly string[])[] = [
      ['run', '--', name],
      ['up', 'bridge-l2', `--name=${name}`],
      ['down', '--', name],
      ['exec', '--', name, 'h1', 'true'],
      ['capture', '--', name, `${name}:${name}`],
      ['run', 'bridge-l2', `--only=${name}`],
    ];
    for (const argv of lines) {
      const result = await netlab(argv, { cwd });
      t.is(result.exitCode, 2, `${JSON.stringify(argv)}\n${result.stdout}${result.stderr}`);
      t.notRegex(result.stderr, controls, JSON.stringify(argv));
      t.notRegex(result.stderr, /^\s+at .*:\d+|defect/m, JSON.stringify(argv));
    }
    t.deepEqual(readdirSync(cwd), []);
  });
