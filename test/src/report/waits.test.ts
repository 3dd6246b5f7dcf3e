import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { waitLines, waitLinesOfEach } from '#src/report/waits.js';

const SHORT_MS = 20;

test('a wait that lasts gets a line, one that is soon over does not', async (t) => {
  const output = new PassThrough();
  const onEvent = waitLines(output, SHORT_MS);
  onEvent({ type: 'waiting', text: 'lab brief' });
  onEvent({ type: 'waiting-ended' });
  onEvent({ type: 'waiting', text: 'lab \u001b[31mdemo of alice (process 7)' });
  onEvent({ type: 'check-started' });
  while (output.readableLength === 0) await delay(1);
  onEvent({ type: 'run-ended' });
  const said = String(output.read());
  t.false(said.includes('\u001b'));
  t.regex(said, /^netlab: waiting for lab .*demo of alice \(process 7\)\n$/u);
});

test('of labs side by side each has its name', async (t) => {
  const output = new PassThrough();
  const tell = waitLinesOfEach(output, SHORT_MS);
  tell('vxlan', { type: 'waiting', text: 'lab demo' });
  tell('host-gw', { type: 'waiting-ended' });
  while (output.readableLength === 0) await delay(1);
  t.is(String(output.read()), 'netlab: vxlan: waiting for lab demo\n');
});
