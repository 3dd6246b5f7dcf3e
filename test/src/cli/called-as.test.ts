/** How netlab was called, as its hints repeat it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf } from '#src/cli/called-as.js';
import { asCalled } from '#src/report/command-name.js';
import test from 'ava';
import { madeBench } from '../bench/results.js';
import { check, promise, run } from '../report/fixtures.js';
import { netlab, temporaryFolder } from '../../support/cli.js';

const PATH = '/usr/local/bin:/usr/bin';

const calls = test.macro({
  exec(t, program: string, cwd: string, command: string, environment: Record<string, string> = { PATH }) {
    t.is(commandOf(environment, program, cwd), command);
  },
  title: (given) => `called ${given ?? ''}`,
});

test('by the launcher of a checkout', calls, '/c/dist/bin/netlab.js', '/c', './netlab', { NETLAB_COMMAND: './netlab' });
test('by its name, installed for all', calls, '/usr/local/bin/netlab', '/home/a', 'netlab');
test(
  'by its path, installed where PATH does not lead',
  calls,
  '/opt/my tools/bin/netlab',
  '/',
  "'/opt/my tools/bin/netlab'",
);
test('by a path below the current folder', calls, '/home/a/bin/netlab', '/home/a', './bin/netlab');
test('by npx or a script, in a project', calls, '/p/node_modules/.bin/netlab', '/p/sub', 'npx netlab', {
  PATH: `/p/node_modules/.bin:${PATH}`,
});
// There npx would fetch a package of that name from the registry.
test('from outside of the project', calls, '/p/node_modules/.bin/netlab', '/q', '/p/node_modules/.bin/netlab');
test('by Node.js itself', calls, '/p/node_modules/netlab/dist/bin/netlab.js', '/p', 'netlab');

test('called by npx that has fetched it: with what it was told to fetch', (t) => {
  const cache = join(temporaryFolder(), '_npx', '25146acd');
  const program = join(cache, 'node_modules', '.bin', 'netlab');
  mkdirSync(cache, { recursive: true });
  t.is(commandOf({ PATH }, program, '/q'), 'npx netlab');
  const noted = (packages: readonly unknown[]) => {
    writeFileSync(join(cache, 'package.json'), JSON.stringify({ _npx: { packages } }));
    return commandOf({ PATH }, program, '/q');
  };
  t.is(noted(['netlab@0.1.0']), 'npx netlab@0.1.0');
  t.is(noted(['./my netlab.tgz']), "npx './my netlab.tgz'");
  t.is(noted([]), 'npx netlab');
});

test('what is called so already stays', (t) => {
  const once = asCalled('netlab run x && netlab ps', 'npx netlab');
  t.is(once, 'npx netlab run x && npx netlab ps');
  t.is(asCalled(once, 'npx netlab'), once);
});

test('reports in files say it as the terminal does: HTML, Markdown, JUnit, CTRF, text; the stored result says netlab', async (t) => {
  const cwd = temporaryFolder();
  const lacking = check('throughput', {
    verdict: 'skip',
    reason: 'no iperf',
    remedy: 'See netlab doctor, then netlab ps',
  });
  const result = run([{ ...promise('throughput'), verdict: 'skip', cell: 'unverified', checks: [lacking] }], {
    strict: true,
  });
  writeFileSync(join(cwd, 'r.json'), JSON.stringify({ ...result, exitCode: 4 }));
  const failure = { message: 'no iperf3', remedy: 'See netlab doctor' };
  writeFileSync(join(cwd, 'b.json'), JSON.stringify({ ...madeBench(), failure, exitCode: 3 }));
  for (const shown of ['./netlab', "'/opt/my tools/netlab'"]) {
    const env = { NETLAB_COMMAND: shown.replaceAll("'", '') };
    const render = async (file: string, format: string): Promise<string> =>
      (await netlab(['report', file, '--format', format], { cwd, env })).stdout.replaceAll('&#39;', "'");
    for (const format of ['html', 'markdown', 'junit', 'ctrf', 'text'])
      t.true((await render('r.json', format)).includes(`${shown} doctor`), `${shown}: ${format}`);
    for (const format of ['html', 'markdown', 'junit', 'text'])
      t.true((await render('b.json', format)).includes(`${shown} doctor`), `${shown}: bench as ${format}`);
    const page = await render('r.json', 'html');
    for (const words of ['run bridge-l2 --only throughput --strict</code>', 'help PROMISE</code>', 'ps</code>'])
      t.true(page.includes(`<code>${shown} ${words}`), `${shown}: ${words}`);
    t.true((await render('b.json', 'html')).includes(`<code>${shown} bench vxlan `), shown);
    for (const file of ['r.json', 'b.json'])
      for (const format of ['html', 'markdown', 'junit'])
        t.notRegex(await render(file, format), /(?<![\w./]|my tools\/)netlab (?:run|doctor|bench vxlan|help|ps)\b/u);
    t.true((await render('r.json', 'json')).includes('See netlab doctor, then netlab ps'));
  }
});
