import test from 'ava';
import { isolated } from './isolated.js';

const zombies = `
import { readdirSync, readFileSync } from 'node:fs';
const stateOf = (pid) => { try { return readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ').at(-1)[0]; } catch { return ''; } };
const zombies = () => readdirSync('/proc').filter((name) => /^\\d+$/.test(name) && stateOf(name) === 'Z').length;
const running = (name) => readdirSync('/proc').filter((pid) => { try { return readFileSync('/proc/' + pid + '/comm', 'utf8').trim() === name; } catch { return false; } }).length;
const until = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2)); };
`;

test('process 1 reaps what a double-forking shell leaves, and its own children keep their exit codes', async (t) => {
  const code = `${zombies}
    import { reapOrphans } from '#lab/machine/orphans.js';
    import { spawnIn, ownChildren } from '#lab/process.js';
    reapOrphans();
    const exits = [];
    for (let round = 0; round < 20; round += 1) {
      const children = await Promise.all([0, 1, 2, 3, 4].map((code) =>
        spawnIn(undefined, ['sh', '-c', '(sleep 0.01 &) ; (sh -c "sleep 0.02 & sleep 0.01" &) ; exit ' + code])));
      exits.push(...await Promise.all(children.map((child) => child.exit)));
    }
    await until(() => running('sleep') === 0 && zombies() === 0);
    give({ pid: process.pid, codes: exits.map(({ code }) => code), own: ownChildren.size, zombies: zombies() });
  `;
  const result = await isolated<{ pid: number; codes: number[]; own: number; zombies: number }>(code);
  const codes = Array.from({ length: 20 }, () => [0, 1, 2, 3, 4]).flat();
  t.deepEqual(result, { pid: 1, codes, own: 0, zombies: 0 });
});

test('without it zombies stay: the test above can fail', async (t) => {
  const code = `${zombies}
    import { spawnIn } from '#lab/process.js';
    const child = await spawnIn(undefined, ['sh', '-c', '(sleep 0.01 &) ; exit 0']);
    await child.exit;
    await until(() => zombies() === 1);
    give(zombies());
  `;
  t.is(await isolated<number>(code), 1);
});

test('what died before it was asked to reap is reaped too; stopping stops it', async (t) => {
  const code = `${zombies}
    import { reapOrphans } from '#lab/machine/orphans.js';
    import { spawnIn } from '#lab/process.js';
    const leave = async () => { await (await spawnIn(undefined, ['sh', '-c', '(sleep 0.01 &) ; exit 0'])).exit; };
    await leave();
    await until(() => zombies() === 1);
    const stop = reapOrphans();
    const first = zombies();
    stop();
    await leave();
    await until(() => zombies() === 1);
    give(first);
  `;
  t.is(await isolated<number>(code), 0);
});
