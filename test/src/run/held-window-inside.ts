/**
 * The first process of a machine of its own, in which a netlab is stopped while it has a window of the neighbour table. Prints
 * what others say who want one before there is anything to verify: a run its events, `up` lines on stderr.
 */
import { text } from 'node:stream/consumers';
import { main, stopWithLock } from './machine-of-its-own.js';

const stopped = await stopWithLock('neighbour-table', 'container-to-container');
const [run, up] = [main('run', 'bgp', '--only', 'no-nat', '--events'), main('up', 'bgp', '--name', 'late')];
const said = async ({ stdout, stderr }: ReturnType<typeof main>) =>
  await Promise.all([stdout, stderr].map(async (stream) => (stream === null ? '' : await text(stream))));
const [[events], [, lines]] = await Promise.all([said(run), said(up)]);
console.log(JSON.stringify({ stopped, events, lines }));
process.kill(stopped, 'SIGKILL');
process.exit(0);
