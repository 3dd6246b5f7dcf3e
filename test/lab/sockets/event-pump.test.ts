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

/** A node whose loopback is up: what is sent over it is there when `send` returns. */
const loopbackUp = `
  const { spawnSync } = await import('node:child_process');
  const namespace = NetworkNamespace.create();
  namespace.run(() => void spawnSync('ip', ['link', 'set', 'lo', 'up']));
  const inside = nodeSockets(namespace);
`;
const loopback = `${loopbackUp}
  const sender = await inside.udp({ family: 'ipv4' });
`;

test('what comes right after the opening waits until handlers are set, also while the pump is busy', (t) => {
  const { status, stdout, stderr } = run(`${loopbackUp}
    const overdue = setTimeout(() => inside.close(), 3000);
    const end = () => { inside.close(); clearTimeout(overdue); };
    const severalAwaits = async () => { for (let count = 0; count < 20; count += 1) await undefined; };
    async function hear(name, opening, then) {
      const socket = await opening;
      await severalAwaits();
      socket.onMessage = () => { console.log(name); then(socket); };
    }
    const first = inside.udp({ family: 'ipv4', port: 7000 });
    namespace.run(() => void spawnSync('bash', ['-c', 'echo > /dev/udp/127.0.0.1/7000']));
    void hear('idle', first, async (sender) => {
      const relays = await Promise.all([0, 0].map(() => inside.udp({ family: 'ipv4' })));
      const send = ({ port }) => sender.send(Buffer.from('x'), '127.0.0.1', port);
      relays[0].onMessage = () => send(relays[1]);
      relays[1].onMessage = async () => {
        const late = await inside.udp({ family: 'ipv4' });
        send(late);
        void hear('busy', late, end);
      };
      send(relays[0]);
    });
  `);
  t.is(status, 0, stderr);
  t.is(stdout, 'idle\nbusy\n');
});

test('a socket that is closed in the turn in which it was opened leaves nothing behind', (t) => {
  const { status, stdout, stderr } = run(`${loopback}
    const first = await inside.udp({ family: 'ipv4' });
    first.close();
    const second = await inside.udp({ family: 'ipv4' });
    second.onMessage = () => { console.log(first.fd === second.fd); inside.close(); };
    sender.send(Buffer.from('x'), '127.0.0.1', second.port);
  `);
  t.is(status, 0, stderr);
  t.is(stdout, 'true\n');
});

test('a refusal and an error are told in a later turn, and what their handlers throw fails only whose they are', (t) => {
  const { status, stdout, stderr } = run(`${loopback}
    const { answerForStray, answeringFor } = await import('#lab/stray-errors.js');
    process.on('uncaughtException', answerForStray);
    const forEver = () => new Promise(() => undefined);
    const failing = (event, address) => answeringFor(async () => {
      const socket = await inside.udp({ family: 'ipv4' });
      let isSameTurn = true;
      socket[event] = () => { throw new Error(isSameTurn ? 'within the turn' : event); };
      socket.send(Buffer.from('x'), address, 9);
      for (let count = 0; count < 20; count += 1) await undefined;
      isSameTurn = false;
      await forEver();
    });
    const others = answeringFor((failed) => new Promise((resolve) => {
      setTimeout(() => resolve(failed.aborted ? 'failed' : 'well'), 300);
    }));
    const works = [failing('onRefused', '192.0.2.1'), failing('onError', '127.0.0.1'), others];
    for (const { value, reason } of await Promise.allSettled(works))
      console.log(value ?? reason.message.split('\\n')[0]);
    inside.close();
  `);
  t.is(status, 0, stderr);
  t.deepEqual(stdout.trim().split('\n'), [
    'a callback failed: Error: onRefused',
    'a callback failed: Error: onError',
    'well',
  ]);
});
