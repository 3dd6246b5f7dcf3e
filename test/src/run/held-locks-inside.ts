/**
 * The first process of a machine of its own, in which a netlab is stopped while it measures throughput, and a process of
 * another user has locked files that every user can lock. Prints what another run has to say then: its events, one a line.
 */
import { once } from 'node:events';
import { lockForeign, main, stopWithLock } from './machine-of-its-own.js';

const stopped = await stopWithLock('measurement', 'throughput');
/** What windows of the neighbour table are locked with: the stopped one has the others. */
const foreign = await lockForeign(['/proc/stat', '/proc/version', '/proc/self/ns/time'], process.argv[3] === 'as-root');
console.log(JSON.stringify({ stopped, foreign }));
const run = main('run', 'bridge-l2', '--only', 'container-to-container,throughput', '--events');
run.stdout?.pipe(process.stdout, { end: false });
run.stderr?.resume();
await once(run, 'exit');
process.kill(stopped, 'SIGKILL');
process.exit(0);
