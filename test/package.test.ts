/** The package as others get it: packed, installed for all projects and for one, called, and its types imported. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { $ } from 'zx';
import { temporaryFolder } from './support/cli.js';

const top = fileURLToPath(new URL('..', import.meta.url));
const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];
const folder = temporaryFolder();
const here = $({
  cwd: folder,
  quiet: true,
  nothrow: true,
  env: { ...process.env, NETLAB_RUNTIME_DIR: join(folder, 'labs') },
});

const pathWith = (bin: string): string => `${join(folder, bin)}:${process.env['PATH'] ?? ''}`;

/** The scripts are left out: what `npm test` has built is what is packed, while other tests use it. */
async function pack(): Promise<string> {
  await here`npm pack ${top} --ignore-scripts --silent --pack-destination ${folder}`;
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error('npm pack made no archive');
  return join(folder, archive);
}

test.serial('installed for all, a run keeps its promises, and help and scenarios are there', async (t) => {
  t.timeout(180_000);
  const archive = await pack();
  const installed = await here`npm install --global --prefix ${join(folder, 'all')} ${quiet} ${archive}`;
  t.is(installed.exitCode, 0, installed.stderr);
  const netlab = join(folder, 'all', 'bin', 'netlab');
  const run = await here`${netlab} run bridge-l2 --only container-to-container --json`;
  t.is(run.exitCode, 0, run.stderr);
  t.is((JSON.parse(run.stdout) as { exitCode: number }).exitCode, 0);
  t.regex((await here`${netlab} help path-mtu`).stdout, /^path-mtu/);
  t.is((await here`${netlab} graph bridge-l2 --format mermaid`).exitCode, 0);
  t.regex((await here`${netlab} ps`).stdout, /start one: \.\/all\/bin\/netlab up/);
  const named = here({ env: { ...process.env, NETLAB_RUNTIME_DIR: join(folder, 'labs'), PATH: pathWith('all/bin') } });
  t.regex((await named`netlab ps`).stdout, /start one: netlab up/);
});

test.serial('in a project: npx calls it, and its types can be imported, its schemas too', async (t) => {
  t.timeout(180_000);
  const project = join(folder, 'project');
  mkdirSync(project);
  const options = {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2023',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      typeRoots: [join(top, 'node_modules', '@types')],
      types: ['node'],
    },
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(options));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  writeFileSync(
    join(project, 'gate.ts'),
    `import type { RunResult, ScenarioInput } from 'netlab';
export const scenario: ScenarioInput = { strategy: 'bridge-l2', cluster: { hosts: 2 } };
export const broken = (result: RunResult): string[] => result.promises.filter(({ cell }) => cell === 'BROKEN').map(({ promise }) => promise);
`,
  );
  writeFileSync(
    join(project, 'schema.mjs'),
    `console.log(import.meta.resolve('netlab/scenario.schema.json'), import.meta.resolve('netlab/result.schema.json'));`,
  );
  const inProject = here({ cwd: project });
  const installed = await inProject`npm install ${quiet} ${await pack()}`;
  t.is(installed.exitCode, 0, installed.stderr);
  t.regex((await inProject`npx --no-install netlab --version`).stdout, /^\d+\.\d+\.\d+$/m);
  t.regex((await inProject`npx --no-install netlab ps`).stdout, /start one: npx netlab up/);
  const compiled = await inProject`${join(top, 'node_modules', '.bin', 'tsc')} -p .`;
  t.is(compiled.stdout, '');
  t.is((await inProject`node schema.mjs`).exitCode, 0);
});
