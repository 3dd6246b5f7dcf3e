import { spawnSync } from 'node:child_process';
import test from 'ava';
import type { Endpoint } from '#src/plan/plan.js';
import { Exchange, type Following } from '#src/flows/flow-exchange.js';
import { Probe } from '#src/flows/flow-probe.js';
import type { Transport } from '#src/flows/flow-transport.js';

const endpoint = (node: string): Endpoint => ({ node, role: 'container', link: 'eth0', ipv4: '10.1.0.1' });

function probe(id: number): Probe {
  return new Probe(id, { from: endpoint('a'), to: endpoint('b'), protocol: 'icmp', family: 'ipv4' }, '10.1.0.1');
}

/** Delivers what is sent a moment later, and writes down what was under way at most. */
function network() {
  const log = { sent: [] as number[], mostUnderWay: 0, flushes: 0 };
  let underWay = 0;
  const transport: Transport = {
    open: () => Promise.resolve(),
    transmit: (sent) => {
      log.sent.push(sent.id);
      underWay += 1;
      log.mostUnderWay = Math.max(log.mostUnderWay, underWay);
      setImmediate(() => {
        underWay -= 1;
        sent.arriveAt('b', '10.1.0.1');
        sent.answer();
      });
    },
    flush: () => void (log.flushes += 1),
    close: () => undefined,
  };
  return { transport, log };
}

const never = new AbortController().signal;
const unlimited = { underWay: 100, asking: 100 };

test('no more probes are under way than allowed, and fewer that ask', async (t) => {
  for (const [limits, most] of [
    [{ underWay: 7, asking: 100 }, 7],
    [{ underWay: 100, asking: 3 }, 3],
  ] as const) {
    const { transport, log } = network();
    const asking = Array.from({ length: 20 }, (_, id) => probe(id));
    await new Exchange(transport, limits, asking, new Map(asking.map((one) => [one, []]))).run(never);
    t.is(log.mostUnderWay, most);
    t.deepEqual(
      log.sent,
      asking.map(({ id }) => id),
    );
    t.true(asking.every(({ settled }) => settled));
  }
});

test('what follows is sent when the probe before it is settled, and before others ask', async (t) => {
  const { transport, log } = network();
  const [first, second, after] = [probe(1), probe(2), probe(3)];
  const following: Following = new Map([
    [first, [after]],
    [second, []],
  ]);
  await new Exchange(transport, { underWay: 100, asking: 1 }, [first, second], following).run(never);
  t.deepEqual(log.sent, [1, 3, 2]);
  t.true(after.settled);
});

test('what cannot be sent is not, and what follows it is', async (t) => {
  const { transport, log } = network();
  const [impossible, after] = [probe(1), probe(2)];
  impossible.fail('no socket');
  await new Exchange(transport, unlimited, [impossible], new Map([[impossible, [after]]])).run(never);
  t.deepEqual(log.sent, [2]);
});

test('a refusal that comes after the sending settles the probe like one at once', async (t) => {
  const gathered: Probe[] = [];
  const transport: Transport = {
    open: () => Promise.resolve(),
    transmit: (sent) => void gathered.push(sent),
    flush: () => {
      for (const sent of gathered.splice(0)) setImmediate(() => sent.onRefused('EHOSTUNREACH'));
    },
    close: () => undefined,
  };
  const lost = probe(1);
  await new Exchange(transport, unlimited, [lost]).run(never);
  t.is(lost.result(false).problem, 'EHOSTUNREACH');
});

test('what is lost gives its place to the next: a hundred losses cost the time of one', async (t) => {
  const transport: Transport = { open: () => Promise.resolve(), transmit: () => undefined, close: () => undefined };
  const deadlineMs = 600;
  const cost = async (count: number, limits: { underWay: number; asking: number }): Promise<number> => {
    const asking = Array.from({ length: count }, (_, id) => probe(id));
    const startedMs = performance.now();
    await new Exchange(
      transport,
      { ...limits, deadlineMs },
      asking,
      new Map(asking.map((one) => [one, [probe(1000)]])),
    ).run(never);
    t.true(asking.every(({ settled }) => settled));
    return performance.now() - startedMs;
  };
  const limits = { underWay: 100, asking: 25 };
  const [one, hundred] = await Promise.all([cost(1, limits), cost(100, limits)]);
  // One batch after the other would take four deadlines, and as many for those that follow.
  t.true(hundred < 3 * one, `${hundred} ms for a hundred, ${one} ms for one`);
});

test('a defect while probes follow fails the work that sends them, and nobody else', (t) => {
  const program = `
    const { answerForStray, answeringFor } = await import('#lab/stray-errors.js');
    const { Exchange } = await import('#src/flows/flow-exchange.js');
    const { Probe } = await import('#src/flows/flow-probe.js');
    process.on('uncaughtException', answerForStray);
    const end = { node: 'a', role: 'container', link: 'eth0', ipv4: '10.1.0.1' };
    const probe = (id) => new Probe(id, { from: end, to: end, protocol: 'icmp', family: 'ipv4' }, '10.1.0.1');
    let thrown = false;
    const transport = {
      transmit: (sent) => {
        if (sent.id === 2 && !thrown) { thrown = true; throw new Error('defect'); }
        setImmediate(() => { sent.arriveAt('a', '10.1.0.1'); sent.answer(); });
      },
      close: () => undefined,
    };
    const limits = { underWay: 1, asking: 1 };
    const never = new AbortController().signal;
    const broken = answeringFor(() => new Exchange(transport, limits, [probe(1), probe(2)]).run(never));
    const other = answeringFor((failed) => new Promise((resolve) => {
      setTimeout(() => resolve(failed.aborted ? 'failed' : 'well'), 300);
    }));
    for (const { value, reason } of await Promise.allSettled([broken, other]))
      console.log(value ?? reason.message.split('\\n')[0]);
    process.exit();
  `;
  const words = ['--input-type=module', '--eval', program];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 20_000 });
  t.deepEqual(stdout.trim().split('\n'), ['a callback failed: Error: defect', 'well'], stderr);
});
