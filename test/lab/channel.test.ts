import { createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Channel, type Handlers } from '#lab/channel.js';
import { LabError } from '#lab/errors.js';
import { temporaryFolder } from '../support/cli.js';

/** The two ends of a connection. */
async function connected(t: ExecutionContext): Promise<readonly [Socket, Socket]> {
  const path = join(temporaryFolder(), 'socket');
  const server = createServer();
  t.teardown(() => void server.close());
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const near = createConnection(path);
  const far = await accepted;
  t.teardown(() => void near.destroy());
  t.teardown(() => void far.destroy());
  return [near, far];
}

const echo: Handlers = { echo: (value: unknown) => value };

test('a request is answered, also a large one', async (t) => {
  const [near, far] = await connected(t);
  const server = new Channel(far, echo);
  t.teardown(() => server.close());
  const text = 'x'.repeat(5_000_000);
  t.is(await new Channel(near).call('echo', text), text);
});

for (const [what, words] of [
  ['half a line, because its sender was killed', '{"id":1,"result":{"promi'],
  ['a line that no channel has written', 'GET / HTTP/1.1\n'],
  ['JSON that is no message', 'null\n'],
] as const)
  test(`${what}, ends the channel and nothing else`, async (t) => {
    const [near, far] = await connected(t);
    const channel = new Channel(near, echo);
    const call = channel.call('echo', 1);
    far.end(words);
    await t.throwsAsync(call, { instanceOf: LabError, message: 'the lab ended before it answered' });
    await channel.closed;
  });

test('a request to a peer that is gone is refused at once', async (t) => {
  const [near, far] = await connected(t);
  const channel = new Channel(near);
  far.destroy();
  await channel.closed;
  await t.throwsAsync(channel.call('echo', 1), { message: 'the lab ended before it answered' });
});
