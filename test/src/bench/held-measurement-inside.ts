/**
 * The first process of a machine of its own, in which a process of another user has the lock that whoever measures wants. Prints
 * what a benchmark says then: its exit code, what it prints, and its document.
 */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { lockForeign, main } from '../run/machine-of-its-own.js';

const folder = mkdtempSync('/run/bench-');
const scenario = join(folder, 'small.yaml');
writeFileSync(scenario, 'strategy: bridge-l2\ncluster: { hosts: 2, containers: 1, outsiders: 0 }\n');
const foreign = await lockForeign(['/proc/loadavg', '/proc/uptime'], process.argv[3] === 'as-root');
const bench = main('bench', scenario, '--measure', 'requests', '--budget', '3s', '--out', folder);
const said = [bench.stdout, bench.stderr].map(async (stream) => (stream === null ? '' : await text(stream)));
await once(bench, 'exit');
const [stdout, stderr] = await Promise.all(said);
const result: unknown = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8'));
console.log(JSON.stringify({ foreign, exitCode: bench.exitCode, stdout, stderr, result }));
process.kill(foreign, 'SIGKILL');
process.exit(0);
