/** Each fault takes effect, is proved, and is gone when it is mended: in the lab itself, and in what is measured. */
import test, { type ExecutionContext } from 'ava';
import type { PromiseName } from '#src/declaration/promise.js';
import type { FaultSpec } from '#src/scenario/fault.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict, change } from '../promises/findings.js';

interface Breaks {
  readonly fault: FaultSpec;
  readonly seen: RegExp;
  /** Promises that do not hold meanwhile. */
  readonly breaks: readonly PromiseName[];
  /** Promises that hold all the same. */
  readonly keeps?: readonly PromiseName[];
  readonly drift?: RegExp;
  readonly mended: RegExp;
}

async function breakAndMend(t: ExecutionContext, lab: TestLab, { fault, breaks, keeps = [], ...words }: Breaks) {
  const startedMs = performance.now();
  const [broken] = await lab.break(fault);
  t.regex(broken?.seen ?? '', words.seen, fault.fault);
  const { promises, drift, faults } = await lab.verify(...breaks, ...keeps);
  t.is(faults.length, 1);
  for (const result of promises) assertVerdict(t, result, breaks.includes(result.promise) ? 'fail' : 'pass');
  if (words.drift !== undefined) t.regex(drift.join('\n'), words.drift, fault.fault);
  const [mended] = await lab.mend();
  t.regex(mended?.seen ?? '', words.mended, fault.fault);
  const after = await lab.verify(...breaks, ...keeps);
  for (const result of after.promises) assertVerdict(t, result, 'pass');
  t.deepEqual(after.drift, [], fault.fault);
  t.deepEqual(after.faults, []);
  t.log(`${fault.fault}: ${Math.round(performance.now() - startedMs)} ms`);
}

const inBridges: readonly Breaks[] = [
  {
    fault: { fault: 'link-down', at: 'h1:eth1', how: 'cable' },
    seen: /cable between h1:eth1 and sw1:to-h1 has no carrier/u,
    breaks: ['container-to-container'],
    keeps: ['egress'],
    drift: /sw1:to-h1: state is down, planned up/u,
    mended: /sw1:to-h1 and h1:eth1 have a carrier/u,
  },
  {
    fault: { fault: 'link-down', at: 'h1:br0', how: 'interface' },
    seen: /h1:br0 is down/u,
    breaks: ['host-to-container'],
    drift: /h1:br0: state is down[^]*h1:br0: address is none, planned fd00/u,
    mended: /h1:br0 is up/u,
  },
  {
    fault: { fault: 'link-down', at: 'h1c1:eth0', how: 'interface' },
    seen: /h1c1:eth0 is down, h1:veth-h1c1 has no carrier/u,
    breaks: ['egress'],
    drift: /h1c1: route is none, planned default/u,
    mended: /have a carrier/u,
  },
  {
    fault: { fault: 'loss', at: 'h1:eth1', percent: 100, direction: 'in' },
    seen: /h1:eth1 dropped 400 of 400 test frames from sw1:to-h1/u,
    breaks: ['container-to-container'],
    keeps: ['egress'],
    drift: /h1: nftables/u,
    mended: /h1:eth1 takes all that comes/u,
  },
  {
    fault: { fault: 'loss', at: 'h1:eth1', percent: 20, direction: 'out' },
    seen: /sw1:to-h1 dropped (?:4|5|6|7|8|9|10|11|12)\d of 400 test frames from h1:eth1/u,
    breaks: [],
    keeps: ['egress'],
    mended: /sw1:to-h1 takes all that comes/u,
  },
  {
    fault: { fault: 'rate', at: 'h1:eth1', kbitPerSecond: 1000, direction: 'out' },
    seen: /sw1:to-h1 takes (?:0\.9\d*|1|1\.0\d?) Mbit\/s from h1:eth1, which sends more/u,
    breaks: [],
    keeps: ['egress'],
    drift: /h1:eth1: queueing discipline is tbf, planned noqueue/u,
    mended: /h1:eth1 sends as fast as it can/u,
  },
  {
    fault: { fault: 'mtu', at: 'h1:eth1', mtuBytes: 1300 },
    seen: /h1:eth1 has an MTU of 1300 bytes instead of 1500/u,
    breaks: ['path-mtu'],
    keeps: ['container-to-container'],
    drift: /h1:eth1: MTU is 1300, planned 1500/u,
    mended: /MTU of 1500 bytes again/u,
  },
  {
    // Below what IPv6 needs: the kernel takes its addresses away.
    fault: { fault: 'mtu', at: 'h1c1:eth0', mtuBytes: 1000 },
    seen: /MTU of 1000 bytes/u,
    breaks: ['dual-stack'],
    drift: /h1c1:eth0: address is none, planned fd00/u,
    mended: /MTU of 1500 bytes again/u,
  },
  {
    fault: { fault: 'icmp-filtered', node: 'h1c1' },
    seen: /h1c1 dropped its own echo request/u,
    breaks: ['container-to-container'],
    mended: /h1c1 answers its own echo request/u,
  },
  {
    fault: { fault: 'partition', groups: [['h1', 'o1'], ['h2']] },
    seen: /sw1 and sw0 dropped frames between the groups|sw1 dropped/u,
    breaks: ['container-to-container'],
    keeps: ['egress'],
    mended: /forwards between the groups/u,
  },
  {
    fault: { fault: 'host-crash', host: 'h2' },
    seen: /h2, h2c1 and h2c2 are gone: sw1:to-h2 and sw0:to-h2 went dark/u,
    breaks: ['container-to-container', 'egress', 'lan-reachable'],
    drift: /h2: node is none, planned host/u,
    mended: /h2, h2c1 and h2c2 are back/u,
  },
];

test.serial('cables, interfaces, losses, rates, MTUs, ICMP, partitions and a host, one after the other', async (t) => {
  await withLab(planOf(scenarioOf()), async (lab) => {
    for (const one of inBridges) await breakAndMend(t, lab, one);
  });
});

/** Goodput of TCP from h1 to h2 in bit/s, of one connection and the first second too. */
async function goodput(lab: TestLab): Promise<number> {
  await lab.sh('h2', 'setsid iperf3 -s -1 -D');
  const { output } = await lab.sh('h1', 'for i in 1 2 3 4 5; do iperf3 -c 10.1.0.2 -t 1 -J && break; done');
  const { end } = JSON.parse(output.slice(output.lastIndexOf('{\n\t"start"'))) as {
    readonly end: { readonly sum_received: { readonly bytes: number } };
  };
  return end.sum_received.bytes * 8;
}

test.serial('a rate is what gets through, at once, one limit at a time', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 2, containers: 1, outsiders: 0, ipv6: false })), async (lab) => {
    for (const megabits of [1, 20, 100]) {
      const [broken] = await lab.break({
        fault: 'rate',
        at: 'h1:eth1',
        kbitPerSecond: megabits * 1000,
        direction: 'out',
      });
      const measured = Number(/takes ([\d.]+) Mbit/u.exec(broken?.seen ?? '')?.[1]);
      t.true(Math.abs(measured / megabits - 1) <= 0.1, broken?.seen);
      if (megabits === 20) {
        const bits = await goodput(lab);
        t.true(bits < 23e6, `${bits} bit/s in the first second`);
        await t.throwsAsync(lab.break({ fault: 'rate', at: 'sw1:to-h1', kbitPerSecond: 8000, direction: 'in' }), {
          message: /rate sw1:to-h1 8000 in: rate h1:eth1 20000 out has changed the rate of h1:eth1 already/u,
        });
      }
      t.regex((await lab.mend())[0]?.seen ?? '', /h1:eth1 sends as fast as it can/u);
    }
    t.deepEqual((await lab.verify('container-to-container')).drift, []);
  });
});

test.serial('frames that others send meanwhile are lost, too, and not counted', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 2, containers: 1 })), async (lab) => {
    await change(t, lab, 'h2', 'setsid ping -q -l 3 -i 0.002 10.1.1.2 >/dev/null 2>&1 &');
    const [broken] = await lab.break({ fault: 'loss', at: 'h1:eth1', percent: 100, direction: 'in' });
    t.is(broken?.seen, 'h1:eth1 dropped 400 of 400 test frames from sw1:to-h1');
    await change(t, lab, 'h2', 'pkill ping');
    const { promises } = await lab.verify('container-to-container');
    for (const result of promises) assertVerdict(t, result, 'fail');
  });
});

test.serial(
  'what a crash and a reboot leave: no node meanwhile, none of what was done by hand afterwards',
  async (t) => {
    await withLab(planOf(scenarioOf({ hosts: 2, containers: 1, extraLinks: [] })), async (lab) => {
      await change(t, lab, 'h2', 'ip address add 10.9.9.9/32 dev br0');
      await lab.break({ fault: 'host-crash', host: 'h2' }, { fault: 'link-down', at: 'h1c1:eth0', how: 'cable' });
      const { broken, gone } = await lab.describe();
      t.deepEqual(gone, ['h2', 'h2c1']);
      t.deepEqual(
        broken.map(({ fault }) => fault),
        ['host-crash h2', 'link-down h1c1:eth0 cable'],
      );
      await t.throwsAsync(lab.break({ fault: 'host-crash', host: 'h2' }), { message: /broken already/u });
      await t.throwsAsync(lab.break({ fault: 'link-down', at: 'h1:eth9', how: 'cable' }), {
        message: /h1 has no interface "eth9"/u,
      });
      t.deepEqual(
        (await lab.mend()).map(({ fault }) => fault),
        ['link-down h1c1:eth0 cable', 'host-crash h2'],
      );
      t.notRegex((await lab.sh('h2', 'ip address')).output, /10\.9\.9\.9/u);
      t.deepEqual((await lab.verify('container-to-container')).drift, []);
    });
  },
);
