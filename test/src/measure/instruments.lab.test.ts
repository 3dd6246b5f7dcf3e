/** Every instrument in a real lab, whole and broken: what is measured is what is there. */
import type { SampleRequest } from '#src/measure/sample.js';
import { instrumentNames, metricNames, metrics } from '#src/result/bench-metrics.js';
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

const plan = planOf(scenarioOf({ strategy: 'host-gw', containers: 1, outsiders: 0, ipv6: false }));
const ask = (instrument: SampleRequest['instrument'], more: Partial<SampleRequest> = {}): SampleRequest => ({
  instrument,
  from: { node: 'h1c1', link: 'eth0' },
  to: { node: 'h2c1', link: 'eth0' },
  udpRateBitsPerSecond: 100e6,
  transferBytes: 20e6,
  ...more,
});

test('instruments tell all of their metrics, and see what is wrong with a network', async (t) => {
  t.timeout(180_000);
  await withLab(plan, async (lab) => {
    for (const instrument of instrumentNames) {
      const { values, problem = '' } = await lab.sample(ask(instrument));
      const wanted = metricNames.filter((name) => metrics[name].instrument === instrument);
      // How much 20 MB cost cannot be told while other tests keep the processors busy.
      const told = wanted.filter((name) => name !== 'cpuSecondsPerGigabyte' && name !== 'udpLosslessBitsPerSecond');
      for (const name of told) t.true((values[name] ?? -1) >= 0, `${instrument} ${name}: ${problem}`);
    }

    const smaller = await lab.sample(ask('rtt-idle', { mtuBytes: 1280 }));
    t.is(smaller.problem, undefined);
    const mtu = await lab.sh('h1c1', 'ip -o link show eth0');
    t.regex(mtu.output, / mtu 1500 /, 'the MTU of a sample is that sample’s only');

    const limit = await lab.sh('h1c1', 'tc qdisc add dev eth0 root tbf rate 50mbit burst 20kb latency 5ms');
    t.is(limit.code, 0, limit.output);
    const slow = await lab.sample(ask('tcp-1', { transferBytes: 4e6 }));
    const goodput = slow.values.tcpGoodput1BitsPerSecond ?? 0;
    t.true(goodput > 10e6 && goodput < 52e6, `${goodput} ${slow.problem ?? ''}`);
    const lossy = await lab.sample(ask('udp-loss'));
    t.true((lossy.values.udpLossShare ?? 0) > 0.3, JSON.stringify(lossy));
    const highest = (await lab.sample(ask('udp-limit'))).values.udpLosslessBitsPerSecond;
    t.true(highest === undefined || highest < 52e6, `${highest}`);
    // A packet of the stream takes 2.4 ms, and one is nearly always before the echo, whatever congestion control does.
    const slower = await lab.sh('h1c1', 'tc qdisc change dev eth0 root tbf rate 5mbit burst 5kb latency 20ms');
    t.is(slower.code, 0, slower.output);
    const queued = await lab.sample(ask('rtt-loaded'));
    t.true((queued.values.rttLoadedP50Ms ?? 0) > 1, `behind others at 5 Mbit/s: ${JSON.stringify(queued.values)}`);
    t.is((await lab.sh('h1c1', 'tc qdisc del dev eth0 root')).code, 0);

    const given = await lab.sample(ask('tcp-1', { idleBusyShare: 0.1234 }));
    t.is(given.idleBusyShare, 0.1234, 'what is known of the idle machine is not watched again');
    const { idleBusyShare = -1 } = await lab.sample(ask('tcp-1'));
    t.true(idleBusyShare >= 0 && idleBusyShare <= 1 && idleBusyShare !== 0.1234, String(idleBusyShare));

    const cut = await lab.sh('h2', 'ip link set eth1 down');
    t.is(cut.code, 0, cut.output);
    for (const instrument of ['tcp-1', 'rtt-idle', 'requests'] as const) {
      const { values, problem } = await lab.sample(ask(instrument));
      t.deepEqual(values, {}, instrument);
      t.truthy(problem, instrument);
    }
    const left = await lab.sh('h2c1', 'pgrep -x iperf3');
    t.is(left.output.trim(), '', 'no server is left behind');
  });
});

test('an interface without an address, and a node that is not there', async (t) => {
  await withLab(plan, async (lab) => {
    const { problem } = await lab.sample(ask('rtt-idle', { to: { node: 'h2c1', link: 'lo1' } }));
    t.regex(problem ?? '', /h2c1:lo1 has no IPv4 address/);
    await t.throwsAsync(lab.sample(ask('rtt-idle', { to: { node: 'h9c1', link: 'eth0' } })), {
      message: /there is no node "h9c1"/,
    });
  });
});
