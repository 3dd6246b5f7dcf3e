import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { LabError } from '#lab/errors.js';
import { childEnvironment } from '#lab/machine/child-environment.js';
import { quoteArgv } from '#lab/machine/command-line.js';
import { ownChildren, runTool, spawnIn, ToolError } from '#lab/process.js';
import test from 'ava';

const short = { timeoutMs: 5000 };

async function textOf(stream: AsyncIterable<Buffer> | undefined): Promise<string> {
  let text = '';
  for await (const chunk of stream ?? []) text += chunk.toString();
  return text;
}

/** Live processes (not zombies) of a process group, by /proc/PID/stat. */
function groupMembers(group: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return fields[0] !== 'Z' && Number(fields[2]) === group;
      } catch {
        return false;
      }
    });
}

test('a tool gets its input and gives its output', async (t) => {
  const output = await runTool(['cat'], { ...short, input: 'two\nlines\n' });
  t.is(output.stdout, 'two\nlines\n');
});

for (const word of ['a b', '$(touch /tmp/x)', '"\'`;|&', 'line\nbreak', '../', '-n', '*', '']) {
  test(`an argument reaches the program as it is: ${JSON.stringify(word)}`, async (t) => {
    const output = await runTool(['printf', '%s', word], short);
    t.is(output.stdout, word);
  });
}

test('a failing tool is named with its own words', async (t) => {
  const error = await t.throwsAsync(runTool(['sh', '-c', 'echo no such thing >&2; exit 3'], short), {
    instanceOf: ToolError,
  });
  t.deepEqual(error.exit, { kind: 'exited', code: 3 });
  t.regex(error.message, /^sh -c "echo .*" ended with exit code 3: no such thing$/);
});

test('a tool that is not installed says so and what to do', async (t) => {
  const error = await t.throwsAsync(runTool(['netlab-no-such-tool'], short), { instanceOf: LabError });
  t.is(error.message, 'cannot start netlab-no-such-tool: no such program');
  t.truthy(error.remedy);
});

test('a file that cannot be executed says so', async (t) => {
  await t.throwsAsync(spawnIn(undefined, ['/dev/null']), { instanceOf: LabError, message: /cannot start .*EACCES/ });
});

test('a tool that takes too long is killed with all its children', async (t) => {
  const before = performance.now();
  const hanging = runTool(['sh', '-c', 'sleep 60 & sleep 60'], { timeoutMs: 100 });
  const error = await t.throwsAsync(hanging, { instanceOf: ToolError, message: /did not end within 100 ms/ });
  t.is(error.exit.kind, 'timed out');
  t.true(performance.now() - before < 3000);
});

test('the environment is small and says whose process it is', (t) => {
  process.env['NETLAB_MARK'] = 'm1';
  process.env['SECRET'] = 'x';
  const environment = childEnvironment({ MINE: 'y' });
  t.like(environment, { NETLAB_MARK: 'm1', MINE: 'y', LC_ALL: 'C.UTF-8' });
  t.false('SECRET' in environment);
  t.regex(environment['PATH'] ?? '', /\/usr\/sbin/);
});

test('the search path of a child has nothing of npm', (t) => {
  const before = process.env['PATH'];
  process.env['PATH'] = `/somewhere/node_modules/.bin::${before}`;
  t.teardown(() => void (process.env['PATH'] = before));
  const folders = childEnvironment()['PATH']?.split(':') ?? [];
  t.false(folders.some((folder) => folder === '' || folder.endsWith('node_modules/.bin')));
});

test('a child is among our own until it has ended', async (t) => {
  const child = await spawnIn(undefined, ['cat'], { stdin: 'pipe' });
  t.true(ownChildren.has(child.pid));
  child.stdin?.end('hello');
  t.is(await textOf(child.stdout), 'hello');
  t.deepEqual(await child.exit, { kind: 'exited', code: 0 });
  t.false(ownChildren.has(child.pid));
});

test('killing reaches the whole process group, also when its leader has ended', async (t) => {
  const child = await spawnIn(undefined, ['sh', '-c', 'sleep 60 & sleep 60 & exit 4'], { output: 'ignore' });
  t.deepEqual(await child.exit, { kind: 'exited', code: 4 });
  t.is(groupMembers(child.pid).length, 2);
  t.true(child.kill('SIGKILL'));
  while (groupMembers(child.pid).length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
});

test('extra pipes carry data both ways', async (t) => {
  const child = await spawnIn(undefined, ['sh', '-c', 'read -r line <&3; echo "got $line" >&3'], { extraPipes: 1 });
  child.extraPipes[0]?.write('word\n');
  t.is(await textOf(child.extraPipes[0]), 'got word\n');
});

test('a child has no descriptors but its own', async (t) => {
  const output = await runTool(['ls', '-l', '/proc/self/fd'], short);
  t.notRegex(output.stdout, /net:|nsfs/);
  t.is(readlinkSync('/proc/self/ns/net'), readlinkSync('/proc/thread-self/ns/net'));
});

test('command lines for people keep newlines visible', (t) => {
  t.is(quoteArgv(['nft', '-f', '-', 'a b', 'c\nd', '']), 'nft -f - "a b" "c\\nd" ""');
});
