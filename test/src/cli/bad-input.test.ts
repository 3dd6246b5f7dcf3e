import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
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
  title: (given = '', argv) => given || `refuses: netlab ${argv.map((word) => word || "''").join(' ')}`,
});

test(refuses, ['rn', 'bridge-l2'], /there is no command "rn"; did you mean run\?/, /netlab --help/);
test(refuses, ['run'], /run needs SCENARIO: name of a scenario/, /netlab run --help/);
test(refuses, ['run', 'bridge-l2', 'twice'], /run takes SCENARIO and no more; found "twice"/);
test(refuses, ['doctor', 'x'], /doctor takes no argument; found "x"/);
test(refuses, ['run', 'bridge-l3'], /no scenario "bridge-l3"/, /did you mean bridge-l2\?/);
test(refuses, ['run', ''], /a name of a scenario is missing/);
test(refuses, ['run', 'bridge-l2', '--onyl', 'no-nat'], /run has no option "--onyl"; did you mean --only\?/);
test(refuses, ['--bogus'], /netlab has no option "--bogus"/);
test(refuses, ['run', 'bridge-l2', '--only'], /--only needs PROMISE,...: measure only these promises/);
test(refuses, ['run', 'bridge-l2', '--only', 'path-mut'], /no promise "path-mut"; did you mean path-mtu\?/);
test(refuses, ['run', 'bridge-l2', '--only', 'no-nat,'], /an empty word is no promise: "no-nat,"/, /Give one or more/);
test(refuses, ['run', 'bridge-l2', '--only', ''], /an empty word is no promise: ""/);
test(refuses, ['run', 'bridge-l2', '--json', '--events'], /--json and --events exclude each other/);
test(refuses, ['--json', 'run', 'bridge-l2', '--events'], /exclude each other/);
test(refuses, ['--events', 'plan', 'bridge-l2'], /plan cannot print events/);
test(refuses, ['--json', 'shell', 'look', 'h1'], /shell cannot print json|no lab/);
test(
  refuses,
  ['plan', 'bridge-l2', '--format', 'yaml'],
  /there is no format "yaml"/,
  /Give one of: table, json, shell/,
);
test(refuses, ['plan', 'bridge-l2', '--hosts', '251'], /--hosts needs a whole number from 1 to 250, not "251"/);
test(refuses, ['plan', 'bridge-l2', '--containers', '1e9'], /--containers needs a whole number from 1 to 1000/);
test(refuses, ['run', 'bridge-l2', '--out', '/proc/nowhere'], /no result can be stored in "\/proc\/nowhere"/);
test(refuses, ['run', 'bridge-l2', '--report', '=x'], /an empty word is no format: "=x"/);
test(refuses, ['up', 'bridge-l2', '--name', '../x'], /no name for a lab/);
test(refuses, ['up', 'bridge-l2', '--name', ''], /no name for a lab/);
test(refuses, ['verify', 'nobody'], /no lab "nobody"; no lab is running/, /netlab up/);
test(refuses, ['verify', ''], /the name of a lab is missing/);
test(refuses, ['down'], /no lab is named/);
test(refuses, ['down', 'nobody'], /no lab "nobody"/);
test(refuses, ['down', 'nobody', '--all'], /exclude each other/);
test(refuses, ['exec', 'nobody', 'h1', '--', 'true'], /no lab "nobody"/);
test(refuses, ['exec', 'nobody', 'h1'], /exec needs COMMAND: the command and its arguments/);
test(refuses, ['capture', 'nobody', 'h1', '--count', '0'], /--count needs a whole number from 1 to/);
test(refuses, ['capture', 'nobody', 'h1', '--count', '1e3'], /--count needs a whole number/);
test(refuses, ['capture', 'nobody', 'h1', '--seconds', '-1'], /--seconds needs a number of seconds from 0\.001/);
test(refuses, ['capture', 'nobody', 'h1', '--seconds', '2147484'], /--seconds needs .* to 1000000, not "2147484"/);
test(refuses, ['graph', 'bridge-l2', '--format', 'png'], /dot, mermaid, svg/);
test(refuses, ['schema', 'plan'], /there is no schema of "plan"/, /Give one of: scenario, result/);
test(refuses, ['report', '/nonexistent/result.json'], /cannot be read/);
test(refuses, ['report', '/'], /cannot be read: it is a folder/);
test(refuses, ['report', 'nofile'], /"nofile" cannot be read: there is no such file/);
test(refuses, ['report', '--format'], /--format needs FORMAT: how to show it/);
test(refuses, ['run', '/tmp'], /"\/tmp" is a folder, and a scenario is a file/);
test(refuses, ['run', '/dev/null'], /"\/dev\/null" is a device, and a scenario is a file/);
test(refuses, ['compare', '--shard', '4/3'], /4\/3 is none of the 3 parts/, /--shard 1\/3 to --shard 3\/3/);
test(refuses, ['compare', '--jobs', '1000000'], /--jobs needs a whole number from 1 to 1000, not "1000000"/);
for (const budget of ['60', '0s', '1ms', '1000h', '1e9s'])
  test(refuses, ['bench', 'vxlan', '--budget', budget], /--budget needs a time such as 60s.* from 1s to 12h, not "/);
test(refuses, ['bench', 'vxlan', '--measure', 'tcp'], /no measurement "tcp"/, /tcp-1, tcp-8/);
test(refuses, ['bench', 'vxlan', '--mtu', 'own'], /no pass "own"/);
for (const rate of ['fast', '0', '1000000000000000', '900G', '1k'])
  test(refuses, ['bench', 'vxlan', '--udp-rate', rate], /--udp-rate needs bits per second .* from 100k to 100G, not "/);
test(refuses, ['bench', 'vxlan', '--pairs', '0'], /--pairs needs a whole number from 1 to 62250/);
test(refuses, ['bench', 'vxlan', '--pairs', '1000000'], /--pairs needs a whole number from 1 to 62250/);
test(
  refuses,
  ['bench', 'vxlan', '--pairs', '7', '--out', 'bench-out'],
  /--pairs 7: there are 6 ordered pairs/,
  /from 1 to 6/,
);
test(refuses, ['bench', 'vxlan', '--seed', '0'], /--seed needs a whole number from 1 to 2147483648/);
test(refuses, ['gate', '--baseline', 'x', '--budget', '1ms'], /--budget needs a time/);
test(refuses, ['bench', 'vxlna'], /did you mean vxlan\?/);
test(refuses, ['bench', 'vxlan', '--out', '/proc/nowhere'], /no result can be stored/);
test(refuses, ['gate'], /gate needs --baseline FILE: a stored benchmark/);
test(refuses, ['gate', '--baseline', '/nonexistent.json'], /cannot be read/);
test(refuses, ['diff', '/nonexistent.json', '-'], /cannot be read/);
test(refuses, ['trend', '/nonexistent.jsonl'], /cannot be read/);
test(refuses, ['completion', 'tcsh'], /there is no completion for "tcsh"/, /Give one of: bash, zsh, fish/);
test(refuses, ['init', 'a b'], /no name for a scenario file/);
test(refuses, ['init', 'a/.yaml'], /"a\/\.yaml" is no name for a scenario file/);
test(refuses, ['compare', '--underlay', 'switch,,routed'], /an empty word is no underlay: "switch,,routed"/);
test(refuses, ['trend', '-'], /standard input: there is no benchmark in it/, /--history FILE/);
test(refuses, ['init', '--strategy', 'bridge-l3'], /did you mean bridge-l2\?/);
test(refuses, ['help', 'rn'], /no command or topic "rn"; did you mean run\?/, /netlab --help/);
test(refuses, ['help', 'brige-l2'], /no command or topic "brige-l2"; did you mean bridge-l2\?/);
test(refuses, ['help', 'path-mut'], /no command or topic "path-mut"; did you mean path-mtu\?/);
test(refuses, ['rn', '--help'], /no command "rn"; did you mean run\?/);

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

test('a stored result that is none: the file and what is wrong with it, in words of netlab', async (t) => {
  const report = async (stdin: string, ...words: RegExp[]) => {
    const answer = await netlab(['report', '-'], { stdin });
    refused(t, answer, words);
    t.notRegex(answer.stderr, /Invalid input|expected string|Unexpected|JSON at position/);
  };
  await report('hello', /standard input: not a JSON document: it begins with "hello"/);
  await report('', /not a JSON document: it is empty/);
  await report('{"a":\n 1 2}', /not a JSON document: it is none from line 2, column 4 on/);
  await report('{"a": tru}', /not a JSON document: it is none near /);
  await report('{"schemaVersion": 1', /not a JSON document: it ends before the document does/);
  await report('{"name":"netlab"}', /standard input: not a result of netlab: it has no schemaVersion\n/);
  await report('[]', /not a result of netlab: it is a list/);
  await report('"x"', /not a result of netlab: it is "x"/);
  await report(
    '{"schemaVersion":1,"scenario":7,"promises":{}}',
    /not a result of netlab:\n/,
    /^ {2}scenario: found 7; allowed: a text$/m,
    /^ {2}strategy: missing; allowed: a text$/m,
    /^ {2}promises: found a mapping; allowed: a list$/m,
  );
  await report('{"schemaVersion":99}', /newer netlab/);
});

test('standard input named twice is refused: it can be read only once', async (t) => {
  for (const argv of [
    ['diff', '-', '-'],
    ['merge', '-', '-'],
    ['gate', '--baseline', '-', '--result', '-'],
  ])
    refused(t, await netlab(argv), [/- is named twice, and standard input can be read only once/]);
});

test('a scenario named twice is measured once, and that is told', async (t) => {
  for (const command of ['compare', 'bench']) {
    const { exitCode, stderr } = await netlab([command, 'vxlan', 'vxlan', 'nothing']);
    t.is(exitCode, 2);
    t.regex(stderr, /^netlab: "vxlan" is named more than once, and measured once$/m);
  }
});

test('init: a path without an ending gets one, and where it leads outside, all of it is told', async (t) => {
  const cwd = join(temporaryFolder(), 'here');
  mkdirSync(cwd);
  const outside = await netlab(['init', '../other'], { cwd });
  t.is(outside.exitCode, 0, outside.stderr);
  t.true(outside.stdout.includes(`wrote ${join(cwd, '..', 'other.yaml')}\n`), outside.stdout);
  t.regex(outside.stdout, /netlab run \.\.\/other\.yaml/);
  t.regex((await netlab(['init', './mine.v2'], { cwd })).stdout, /wrote \.\/mine\.v2\.yaml\n/);
  t.regex((await netlab(['init', 'named'], { cwd })).stdout, /wrote scenarios\/named\.yaml\n/);
  t.deepEqual(readdirSync(cwd).toSorted(), ['mine.v2.yaml', 'scenarios']);
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
