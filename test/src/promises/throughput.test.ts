import test from 'ava';
import { planOf, withLab } from '../../support/sandboxed-lab.js';

test('a host that carries next to nothing breaks throughput, and the evidence names it; as it was, it is kept', async (t) => {
  t.timeout(60_000);
  await withLab(planOf(), async (lab) => {
    t.is((await lab.measure('throughput')).cell, 'kept');
    await lab.sh('h2', 'tc qdisc add dev eth1 root tbf rate 10mbit burst 16kb latency 50ms');
    const { cell, checks } = await lab.measure('throughput');
    t.is(cell, 'BROKEN', JSON.stringify(checks));
    const [evidence] = checks[0]?.evidence ?? [];
    t.regex(evidence?.message ?? '', /h2c1 -> h1c1 carries next to nothing/);
    t.regex(evidence?.seen ?? '', /0\.00\d+ Gbit\/s, measured twice/);
  });
});
