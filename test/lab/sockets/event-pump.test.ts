import { spawnSync } from 'node:child_process';
import test from 'ava';

/** Runs a program with a socket in a namespace of its own. @returns how it ended, and after how long */
function run(program: string): { status: number | null; stdout: string; stderr: string; tookMs: number } {
  const prelude = `
    const { NetworkNamespace } = await import('#lab/kernel/namespace.js');
    const { nodeSockets } = await import('#lab/sockets/node-sockets.js');
    const sockets = nodeSockets(NetworkNamespace.create());
    const open = () => sockets.udp({ family: 'ipv4' });
  `;
  const startedMs = performance.now();
  const words = ['--input-type=module', '--eval', prelude + program];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 10_000 });
  return { status, stdout, stderr, tookMs: performance.now() - startedMs };
}

test('a process with an open socket lives, and ends by itself once the last one is closed', (t) => {
  const { status, stdout, stderr, tookMs } = run(`
    const [first, second] = [await open(), await open()];
    first.close();
    setTimeout(() => { console.log('still here'); second.close(); }, 300).unref();
  `);
  t.is(status, 0, stderr);
  t.is(stdout, 'still here\n');
  t.true(tookMs < 5000);
});

test('process.exit does not hang on the waiting thread', (t) => {
  const { status, tookMs } = run(`await open(); setTimeout(() => process.exit(7), 100);`);
  t.is(status, 7);
  t.true(tookMs < 5000);
});

test('an uncaught exception does not hang on the waiting thread', (t) => {
  const { status, stderr } = run(`await open(); setTimeout(() => { throw new Error('boom'); }, 100);`);
  t.is(status, 1);
  t.regex(stderr, /boom/);
});

test('a handler that throws is an uncaught exception and does not stop the others', (t) => {
  const { status, stdout, stderr } = run(`
    process.on('uncaughtException', (error) => console.log(error.message));
    const { spawnSync } = await import('node:child_process');
    const namespace = NetworkNamespace.create();
    namespace.run(() => void spawnSync('ip', ['link', 'set', 'lo', 'up']));
    const inside = nodeSockets(namespace);
    const [bad, good, sender] = await Promise.all([0, 0, 0].map(() => inside.udp({ family: 'ipv4' })));
    bad.onMessage = () => { throw new Error('defect'); };
    good.onMessage = () => { console.log('good'); setImmediate(() => inside.close()); };
    sender.send(Buffer.from('x'), '127.0.0.1', bad.port);
    sender.send(Buffer.from('x'), '127.0.0.1', good.port);
  `);
  t.is(status, 0, stderr);
  t.deepEqual(stdout.trim().split('\n').toSorted(), ['defect', 'good']);
});
