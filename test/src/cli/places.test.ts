/** Where results come from and go to: no path out of a stored document, no link followed, nothing made by a mistake. */
import {
  closeSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { openEmptied } from '#lab/storage.js';
import test from 'ava';
import { netlab, temporaryFolder } from '../../support/cli.js';
import { madeBench } from '../bench/results.js';
import { kept } from '../report/fixtures.js';

for (const name of ['/etc/shadow', '../secret', 'secret', './secret', 'secret.yaml'])
  test(`gate: a scenario that a stored benchmark calls ${name} is no path`, async (t) => {
    const cwd = temporaryFolder();
    for (const file of ['secret', 'secret.yaml']) writeFileSync(join(cwd, file), 'hush: [\n');
    const made = madeBench({});
    const targets = made.targets.map((target) => (target.role === 'subject' ? { ...target, name } : target));
    writeFileSync(join(cwd, 'base.json'), JSON.stringify({ ...made, targets }));
    const { exitCode, stderr } = await netlab(['gate', '--baseline', 'base.json', '--budget', '1s'], { cwd });
    t.is(exitCode, 2);
    t.true(stderr.includes(`base.json: there is no scenario ${JSON.stringify(name)}`), stderr);
    t.notRegex(stderr, /hush|secret:\d|root:/);
  });

test('a stored document that never ends is refused', async (t) => {
  const { exitCode, stderr } = await netlab(['report', '/dev/zero']);
  t.is(exitCode, 2);
  t.regex(stderr, /more than 128 MiB/);
});

/** A result, a file that must not change, and a link to it wherever the result is to go. */
function linked(names: readonly string[]): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'result.json'), JSON.stringify(kept));
  writeFileSync(join(cwd, 'precious'), 'precious');
  mkdirSync(join(cwd, 'out'));
  for (const name of names) symlinkSync(join(cwd, 'precious'), join(cwd, name));
  return cwd;
}

test('a report replaces a link that is at its place, and what the link leads to stays', async (t) => {
  const name = kept.scenario;
  const cwd = linked([`out/${name}.json`, `out/${name}.html`, `out/.${name}.json.partial`]);
  const { exitCode, stderr } = await netlab(['report', 'result.json', '--out', 'out'], { cwd });
  t.is(exitCode, 0, stderr);
  t.is(readFileSync(join(cwd, 'precious'), 'utf8'), 'precious');
  for (const kind of ['json', 'html']) t.true(lstatSync(join(cwd, 'out', `${name}.${kind}`)).isFile());
  t.false(readdirSync(join(cwd, 'out')).some((file) => file.startsWith('.netlab-')));
});

test('so does a capture; a history, to which lines are added, refuses a link', async (t) => {
  const cwd = linked(['capture.pcap', 'history.jsonl']);
  const fd = openEmptied(join(cwd, 'capture.pcap'));
  writeSync(fd, 'frames');
  closeSync(fd);
  const { exitCode, stderr } = await netlab(['bench', 'vxlan', '--history', 'history.jsonl'], { cwd });
  t.is(exitCode, 2);
  t.regex(stderr, /history\.jsonl": it is a symbolic link/);
  t.is(readFileSync(join(cwd, 'precious'), 'utf8'), 'precious');
});

test('a folder is not made by what is refused, nor by a mistyped path', async (t) => {
  const cwd = temporaryFolder();
  const lines: readonly (readonly string[])[] = [
    ['bench', 'vxlna', '--out', 'there'],
    ['run', 'bridge-l2', '--out', 'reprots/there'],
    ['run', 'bridge-l2', '--report', 'junit=reprots/a.xml'],
    ['run', 'bridge-l2', '--out', 'there', '--report', 'junit=reprots/a.xml'],
    ['compare', 'bridge-l2', '--report', 'json=reprots/a.json'],
    ['bench', 'vxlan', '--out', 'there', '--history', 'reprots/a.jsonl'],
    ['init', 'reprots/there/mine.yaml'],
    ['init', '--strategy', 'bridge-l3'],
  ];
  for (const argv of lines) {
    const { exitCode, stderr } = await netlab(argv, { cwd });
    t.is(exitCode, 2, stderr);
    if (argv.some((word) => word.includes('reprots'))) t.regex(stderr, /there is no folder ".*reprots"/);
    t.deepEqual(readdirSync(cwd), [], argv.join(' '));
  }
});

test('a report to standard output: the document there, what people read on stderr', async (t) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'mine.yaml'), 'strategy: bridge-l2\ncluster: { hosts: 1, containers: 1, outsiders: 0 }\n');
  const argv = ['run', 'mine.yaml', '--only', 'infrastructure-free'];
  const { exitCode, stdout, stderr } = await netlab([...argv, '--report', 'json=-'], { cwd });
  t.is(exitCode, 0, stderr);
  t.is((JSON.parse(stdout) as { scenario: string }).scenario, 'mine');
  t.regex(stderr, /infrastructure-free/);
  for (const more of [['--json'], ['--report', 'text=/dev/stdout']])
    t.is((await netlab([...argv, '--report', 'json=-', ...more], { cwd })).exitCode, 2);
});
