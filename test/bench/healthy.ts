/**
 * npm run bench:healthy -- COUNT [beside]: does a healthy lab ever get another verdict than 0? Runs every shipped strategy
 * that has no protocol to wait for, in turn, COUNT runs in all. `beside` runs two busy loops and a process that starts and
 * ends containers' namespaces all the time next to them. Prints what a run said that ended otherwise.
 * Exit code 0 when all ended with 0, else 1.
 */
import { $ as shell, type ProcessPromise } from 'zx';

const $ = shell({ nothrow: true, quiet: true });
const scenarios = [
  'bridge-l2',
  'routable-lan',
  'macvlan',
  'host-network',
  'port-mapping',
  'host-gw',
  'vxlan',
  'dhcp',
] as const;
const busy = 'while :; do :; done';
const containers = 'while :; do unshare --net --mount --uts --ipc --pid --fork true; done';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function runAll(count: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const exitCodes = new Map<string, number[]>(scenarios.map((name) => [name, []]));
  for (let index = 0; index < count; index += 1) {
    const name = scenarios[index % scenarios.length] ?? 'bridge-l2';
    const { exitCode, stdout, stderr } = await $`${process.execPath} dist/bin/netlab.js run ${name} --no-install`;
    exitCodes.get(name)?.push(exitCode ?? -1);
    if (exitCode !== 0) say(`run ${index + 1}, ${name}: exit code ${exitCode}\n${stdout}\n${stderr}`);
    if ((index + 1) % 50 === 0) say(`${index + 1} of ${count} runs`);
  }
  return exitCodes;
}

async function main(): Promise<number> {
  const [, , count = '100', beside] = process.argv;
  const others = beside === undefined ? [] : [busy, busy, containers];
  const running: ProcessPromise[] = others.map((script) => $`exec sh -c ${script}`);
  const startedMs = performance.now();
  const exitCodes = await runAll(Number(count));
  for (const one of running) void one.kill('SIGKILL');
  for (const [name, codes] of exitCodes)
    say(`${name.padEnd(14)} ${codes.length} runs, ${codes.filter((code) => code !== 0).length} not 0`);
  say(`${Math.round((performance.now() - startedMs) / 1000)} s${beside === undefined ? '' : ', beside other load'}`);
  return [...exitCodes.values()].flat().every((code) => code === 0) ? 0 : 1;
}

process.exitCode = await main();
