import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceError } from '#lab/services/service.js';
import test from 'ava';
import { bench, groupMembers, script, until } from './bench.js';

const forever = 'setInterval(() => {}, 1000);';

test('a server is ready when its port accepts connections, in its own namespace', async (t) => {
  const { service, site } = bench(t);
  const code = `setTimeout(() => require('net').createServer().listen(80, '127.0.0.1'), 50)`;
  const started = await service({ argv: script(code), ready: { kind: 'tcp', address: '127.0.0.1', port: 80 } }).start();
  t.is(readlinkSync(`/proc/${started.pid}/ns/net`), `net:[${site.namespace.inode}]`);
  const stopped = await started.stop();
  t.deepEqual(stopped.exit, { kind: 'killed', signal: 'SIGTERM' });
  t.false(stopped.killed);
});

test('a server is ready on IPv6 too', async (t) => {
  const { service } = bench(t);
  const code = `require('net').createServer().listen(80, '::1')`;
  const started = await service({ argv: script(code), ready: { kind: 'tcp', address: '::1', port: 80 } }).start();
  t.false((await started.stop()).killed);
});

test('a daemon is ready when a line of its log matches, also a line in two pieces', async (t) => {
  const { service } = bench(t);
  const code = `process.stderr.write('now rea'); setTimeout(() => process.stderr.write('dy\\n'), 20); ${forever}`;
  const started = await service({ argv: script(code), ready: { kind: 'log', pattern: '^now ready$' } }).start();
  t.deepEqual(started.log.lastLines(), ['now ready']);
  await started.stop();
  t.is(readFileSync(started.log.path, 'utf8'), 'now ready\n');
});

test('a daemon is ready when a file appears; one left by an earlier start does not count', async (t) => {
  const { service, root } = bench(t);
  const path = join(root, 'a b/pid $(x)');
  const code = `setTimeout(() => require('fs').writeFileSync(process.argv[1], 'new'), 50); ${forever}`;
  const configured = service({ argv: [...script(code), path], ready: { kind: 'file', path } });
  for (const _ of [1, 2]) {
    const started = await configured.start();
    t.is(readFileSync(path, 'utf8'), 'new');
    await started.stop();
    writeFileSync(path, 'old');
  }
});

test('a socket that is bound and not yet listened at does not count', async (t) => {
  const { service, root } = bench(t);
  const path = join(root, 'control.sock');
  const code = [
    'use Socket; $| = 1; socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0])); print "bound\\n";',
    'select(undef, undef, undef, 0.2); print "listening\\n"; listen(S, 5); sleep 60;',
  ];
  const argv = ['perl', '-e', code.join(' '), path] as const;
  const started = await service({ argv, ready: { kind: 'file', path } }).start();
  t.deepEqual(started.log.lastLines(), ['bound', 'listening']);
  await started.stop();
});

test('files are written first, scripts can be run, arguments and variables arrive as they are', async (t) => {
  const { service, root } = bench(t);
  const [file, run] = [join(root, 'x;y/a "file"\n'), join(root, 'run')];
  const words = ['a b', '$HOME', '`id`', 'line\nbreak', ''];
  const code = `#!${process.execPath}\nconsole.log(JSON.stringify([process.argv.slice(2), process.env.V, require('fs').readFileSync(${JSON.stringify(file)}, 'utf8')])); ${forever}`;
  const started = await service({
    argv: [run, ...words],
    files: { [file]: 'content\n', [run]: code },
    environment: { V: 'v w' },
    ready: { kind: 'log', pattern: '^\\[' },
  }).start();
  t.deepEqual(JSON.parse(started.log.lastLines()[0] ?? ''), [words, 'v w', 'content\n']);
  await started.stop();
});

test('no file is written outside the private directory', async (t) => {
  const { service, root } = bench(t);
  for (const path of ['/etc/netlab-test', join(root, '../outside'), 'relative', root]) {
    await t.throwsAsync(service({ argv: ['true'], files: { [path]: '' } }).start(), {
      instanceOf: ServiceError,
      message: /is not below/,
    });
  }
});

test('any name of a service gives a log below the log directory', async (t) => {
  const { service, site } = bench(t);
  for (const name of ['../../up', 'a b;c', 'new\nline', '..', '$(x)']) {
    const started = await service({ name, argv: script(forever) }).start();
    t.regex(started.log.path.slice(site.logDirectory.length), /^\/h1\.[^/\n]+\.log$/);
    await started.stop();
  }
});

test('a daemon that never gets ready is ended, and the error has all that is known', async (t) => {
  const { service } = bench(t);
  const code = `console.log('waiting for \\x1b[31mnothing', process.pid); ${forever}`;
  const configured = service({
    argv: script(code),
    ready: { kind: 'tcp', address: '127.0.0.1', port: 81 },
    readyTimeoutMs: 400,
  });
  const error = await t.throwsAsync(configured.start(), { instanceOf: ServiceError });
  t.regex(
    error.message,
    /^h1: service daemon: not ready within 400 ms: nothing accepts connections at 127\.0\.0\.1 port 81\n/,
  );
  t.regex(error.message, /command line: .*node -e /);
  const pid = Number(/waiting for \[31mnothing (\d+)/.exec(error.message)?.[1]);
  t.deepEqual(groupMembers(pid), []);
  t.regex(error.remedy ?? '', /h1\.daemon\.log/);
});

for (const [kind, ready, words] of [
  ['file', { kind: 'file', path: '/run/netlab-never' }, 'is not below'],
  ['log', { kind: 'log', pattern: 'never' }, 'no line of its log matches /never/'],
  ['pattern', { kind: 'log', pattern: '(' }, '"(" is no regular expression'],
] as const) {
  test(`what did not happen is said: ${kind}`, async (t) => {
    const { service } = bench(t);
    const error = await t.throwsAsync(service({ argv: script(forever), ready, readyTimeoutMs: 100 }).start(), {
      instanceOf: ServiceError,
    });
    t.true(error.message.includes(words), error.message);
  });
}

test('a daemon that dies at its start is told by its exit code and last words', async (t) => {
  const { service } = bench(t);
  const code = `console.error('bad option'); process.exit(3)`;
  const error = await t.throwsAsync(service({ argv: script(code), ready: { kind: 'log', pattern: 'never' } }).start(), {
    instanceOf: ServiceError,
  });
  t.regex(error.message, /it ended with exit code 3 before it was ready\n.*\nIts last lines:\n {2}bad option$/);
});

test('a daemon that goes into the background is told to stay', async (t) => {
  const { service } = bench(t);
  const configured = service({ argv: ['sh', '-c', 'sleep 60 & exit 0'], ready: { kind: 'log', pattern: 'never' } });
  const error = await t.throwsAsync(configured.start(), { instanceOf: ServiceError });
  t.regex(error.remedy ?? '', /foreground/);
});

test('a program that is not there is named', async (t) => {
  const { service } = bench(t);
  await t.throwsAsync(service({ argv: ['netlab-no-such'] }).start(), {
    instanceOf: ServiceError,
    message: /h1: service daemon: cannot start netlab-no-such: no such program/,
  });
});

test('an unexpected exit is noticed, with its last lines, and what it forked goes too', async (t) => {
  const { service, exits } = bench(t);
  const argv = ['sh', '-c', 'sleep 60 & echo up; read x < /dev/null; sleep 0.1; echo dying; kill -SEGV $$'] as const;
  const started = await service({ argv, ready: { kind: 'log', pattern: 'up' } }).start();
  await until(() => exits.length > 0);
  t.deepEqual(exits, [
    { node: 'h1', service: 'daemon', exit: { kind: 'killed', signal: 'SIGSEGV' }, lastLines: ['up', 'dying'] },
  ]);
  t.deepEqual(groupMembers(started.pid), []);
  t.deepEqual((await started.stop()).exit, { kind: 'killed', signal: 'SIGSEGV' });
});

test('stopping is no unexpected exit, and can be asked twice', async (t) => {
  const { service, exits } = bench(t);
  const code = `process.on('SIGINT', () => process.exit(0)); console.log('up'); ${forever}`;
  const started = await service({
    argv: script(code),
    stopSignal: 'SIGINT',
    ready: { kind: 'log', pattern: 'up' },
  }).start();
  const [first, second] = await Promise.all([started.stop(), started.stop()]);
  t.is(first, second);
  t.deepEqual(first.exit, { kind: 'exited', code: 0 });
  t.deepEqual(exits, []);
});

test('a daemon that ignores SIGTERM is killed after its grace', async (t) => {
  const { service } = bench(t);
  const code = `process.on('SIGTERM', () => console.log('no')); console.log('up'); ${forever}`;
  const started = await service({
    argv: script(code),
    stopGraceMs: 100,
    ready: { kind: 'log', pattern: 'up' },
  }).start();
  const stopped = await started.stop();
  t.like(stopped, { exit: { kind: 'killed', signal: 'SIGKILL' }, killed: true, lastLines: ['up', 'no'] });
});

test('all that a daemon forked is gone, also what ignores signals and what lost its parent', async (t) => {
  const { service } = bench(t);
  const stubborn = `trap "" TERM; (sleep 60 & sleep 60 &); sleep 60 & echo up; while :; do sleep 60; done`;
  const argv = ['sh', '-c', `sh -c '${stubborn}' & wait`] as const;
  const started = await service({ argv, stopGraceMs: 100, ready: { kind: 'log', pattern: 'up' } }).start();
  await until(() => groupMembers(started.pid).length >= 5);
  const stopped = await started.stop();
  t.true(stopped.killed);
  t.deepEqual(groupMembers(started.pid), []);
});

test('a flood of output ends neither netlab nor the disk', async (t) => {
  const { service } = bench(t);
  const code = `const block = ('x'.repeat(99) + '\\n').repeat(10000); for (let i = 0; i < 15; i++) process.stdout.write(block); console.log('done'); ${forever}`;
  const started = await service({ argv: script(code), ready: { kind: 'log', pattern: 'done' } }).start();
  await started.stop();
  t.true(readFileSync(started.log.path).length < 12 * 1024 * 1024);
});
