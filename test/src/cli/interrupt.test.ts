/** Ctrl-C on a terminal: calm, and what there is. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../../support/cli.js';
import { afterProgress, onTerminal } from '../../support/terminal.js';
import { leftAfter, newTrace, TRACE_VARIABLE } from '../../support/traces.js';

const small = 'strategy: bridge-l2\ncluster: { hosts: 2, containers: 1 }\n';

/** Two labs, and Ctrl-C when something was shown. */
async function interrupted(interruptAt: RegExp) {
  const cwd = temporaryFolder();
  for (const name of ['one', 'other']) writeFileSync(join(cwd, `${name}.yaml`), small);
  const trace = newTrace();
  const argv = ['compare', 'one.yaml', 'other.yaml', '--jobs', '1'];
  const env = { [TRACE_VARIABLE]: trace, NETLAB_RUNTIME_DIR: join(cwd, 'labs') };
  const { exitCode, shown } = await onTerminal(argv, { columns: 90, cwd, env, interruptAt });
  return { exitCode, shown, report: afterProgress(shown), cwd, left: await leftAfter(trace, 30_000) };
}

test.serial(
  'compare, before anything was measured: one sentence, no empty tables, nothing stored, nothing left',
  async (t) => {
    const { exitCode, shown, report, cwd, left } = await interrupted(/one: (?:builds|opens)/);
    t.is(exitCode, 130, shown);
    t.regex(shown, /one: stops; Ctrl-C once more to do it at once/);
    t.notRegex(report, /MTU in bytes|What each needs|not measured|Unverified/);
    t.regex(report, /\? stopped; measured to the end: none\n {2}exit 130: interrupted/);
    t.false(existsSync(join(cwd, 'reports', 'comparison.json')));
    t.deepEqual(left, []);
  },
);

test.serial('compare, while it measures: the table of what there is, and of whom in part', async (t) => {
  const { exitCode, shown, report, left } = await interrupted(/one: measures: [2-9]/);
  t.is(exitCode, 130, shown);
  t.regex(report, /^unique-address .*kept|^\S+ +[✔–]/mu);
  t.notRegex(report, /not measured|other {2}/);
  t.regex(report, /\? stopped; measured to the end: none\n {2}in part: one \(\d+ of 24 promises\)\n {2}exit 130/);
  t.true((report.match(/stopped before this was measured/gu)?.length ?? 0) <= 1, report);
  t.deepEqual(left, []);
});
