/** Several faults in one place, mended in any order: after each, the lab is as the faults that are left would make it alone. */
import test, { type ExecutionContext } from 'ava';
import type { FaultSpec } from '#src/scenario/fault.js';
import { planOf, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict } from '../promises/findings.js';

const mtu = (at: string, mtuBytes: number) => ({ fault: 'mtu', at, mtuBytes }) as const;
const down = (at: string, how: 'cable' | 'interface'): FaultSpec => ({ fault: 'link-down', at, how });
const textOf = ({ at, mtuBytes }: ReturnType<typeof mtu>): string => `mtu ${at} ${mtuBytes}`;

/** A link by its name, and the one that it follows down. */
type Links = ReadonlyMap<string, string | undefined>;

async function mtuOf(lab: TestLab, at: string): Promise<number> {
  const [node = '', link = ''] = at.split(':');
  // A shell may have ended before all that it has written is read.
  for (;;) {
    const found = / mtu (\d+)/u.exec((await lab.sh(node, `ip link show ${link}`)).output);
    if (found !== null) return Number(found[1]);
  }
}

async function mtusOf(lab: TestLab, links: Links): Promise<Readonly<Record<string, number>>> {
  const entries = [...links.keys()].map(async (at) => [at, await mtuOf(lab, at)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function expected(
  own: Readonly<Record<string, number>>,
  links: Links,
  left: ReadonlyArray<ReturnType<typeof mtu>>,
): Record<string, number> {
  const wantedAt = (at: string): number => {
    const parent = links.get(at);
    const asked = left.find((one) => one.at === at)?.mtuBytes ?? own[at] ?? 0;
    return parent === undefined ? asked : Math.min(asked, wantedAt(parent));
  };
  return Object.fromEntries([...links.keys()].map((at) => [at, wantedAt(at)]));
}

function permutations<T>(items: readonly T[]): ReadonlyArray<readonly T[]> {
  if (items.length === 0) return [[]];
  return items.flatMap((one) => permutations(items.filter((other) => other !== one)).map((rest) => [one, ...rest]));
}

async function mendInEachOrder(
  t: ExecutionContext,
  lab: TestLab,
  links: Links,
  broken: ReadonlyArray<ReturnType<typeof mtu>>,
): Promise<void> {
  const own = await mtusOf(lab, links);
  for (const order of permutations(broken)) {
    for (const one of broken) await lab.break(one);
    let left = broken;
    for (const one of order) {
      const [mended] = await lab.mend(textOf(one));
      left = left.filter((other) => other !== one);
      t.deepEqual(
        await mtusOf(lab, links),
        expected(own, links, left),
        `${order.map(textOf).join('; ')}: ${mended?.seen}`,
      );
      t.deepEqual(mended?.lost, []);
    }
  }
  for (const one of broken) await lab.break(one);
  t.is((await lab.mend()).length, broken.length);
  t.deepEqual(await mtusOf(lab, links), own, 'all at once');
}

test.serial('macvlan: MTUs of a parent and its children', async (t) => {
  const plan = planOf(scenarioOf({ strategy: 'macvlan', hosts: 1, containers: 3, outsiders: 0 }));
  await withLab(plan, async (lab) => {
    const children = ['h1c1:eth0', 'h1c2:eth0', 'h1c3:eth0'].map((at) => [at, 'h1:eth1'] as const);
    const links: Links = new Map([['h1:eth1', undefined], ...children]);
    // Below what IPv6 needs: it comes and goes with them.
    await mendInEachOrder(t, lab, links, [mtu('h1c1:eth0', 1400), mtu('h1c2:eth0', 900), mtu('h1:eth1', 1000)]);
    await lab.break(mtu('h1:eth1', 1300));
    const refused = /h1c1:eth0 takes no MTU of 1400 bytes: it stands on h1:eth1, which has 1300/u;
    await t.throwsAsync(lab.break(mtu('h1c1:eth0', 1400)), { message: refused });
    await lab.mend();
    const { promises, drift } = await lab.verify('path-mtu', 'dual-stack');
    for (const result of promises) assertVerdict(t, result, 'pass');
    t.deepEqual(drift, []);
  });
});

test.serial('macvlan: a child and its parent that are switched off', async (t) => {
  const plan = planOf(scenarioOf({ strategy: 'macvlan', hosts: 1, containers: 2, outsiders: 0 }));
  await withLab(plan, async (lab) => {
    const both = [down('h1:eth1', 'interface'), down('h1c1:eth0', 'interface')];
    const names = ['link-down h1:eth1 interface', 'link-down h1c1:eth0 interface'];
    for (const order of permutations(names)) {
      await lab.break(...both);
      const mended = [...(await lab.mend(order[0] ?? '')), ...(await lab.mend())];
      t.deepEqual(
        mended.map(({ fault, lost }) => [fault, lost]),
        order.map((fault) => [fault, []]),
      );
      t.deepEqual(mended[1]?.pending, []);
      const { promises, drift } = await lab.verify('container-to-container', 'dual-stack');
      for (const result of promises) assertVerdict(t, result, 'pass');
      t.deepEqual(drift, []);
    }
  });
});

test.serial('groups that sockets have joined are told where the kernel lets nobody else join them again', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 1, containers: 2, outsiders: 0 })), async (lab) => {
    const listen =
      "const s = require('node:dgram').createSocket('udp6'); s.bind(5000, () => s.addMembership('ff02::1234', '::%eth0'))";
    await lab.sh('h1c1', `setsid ${process.execPath} -e "${listen}" >/dev/null 2>&1 &`);
    const groups = async (): Promise<string> => (await lab.sh('h1c1', 'ip maddress show dev eth0')).output;
    while (!(await groups()).includes('ff02::1234'));
    await lab.break(mtu('h1c1:eth0', 1000));
    const lost = 'h1c1: membership of ff02::1234 on eth0, only who listens to it can join it again';
    t.deepEqual((await lab.mend())[0]?.lost, [lost]);
    t.notRegex(await groups(), /ff02::1234/u);
    // A bridge that is not to snoop any more is left alone.
    const snooping = 'ip link set br0 type bridge mcast_snooping 0';
    await lab.break(mtu('h1:eth1', 1000));
    await lab.sh('h1', snooping);
    t.deepEqual((await lab.mend())[0]?.lost, []);
    t.regex((await lab.sh('h1', 'ip -d link show br0')).output, /mcast_snooping 0/u);
  });
});

test.serial('vxlan: MTUs of a tunnel and of what it stands on, which it does not follow', async (t) => {
  const parameters = { forwarding: 'multicast' };
  const plan = planOf(scenarioOf({ strategy: 'vxlan', hosts: 2, containers: 1, outsiders: 0, parameters }));
  await withLab(plan, async (lab) => {
    const links: Links = new Map(['h1:eth1', 'h1:vxlan0'].map((at) => [at, undefined]));
    await mendInEachOrder(t, lab, links, [mtu('h1:eth1', 1300), mtu('h1:vxlan0', 1200)]);
    assertVerdict(t, await lab.measure('path-mtu'), 'pass');
  });
});

test.serial('a host that boots has the faults that are left, and frames of every size pass a slow cable', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 2, containers: 1, outsiders: 0 })), async (lab) => {
    const slow: FaultSpec = { fault: 'rate', at: 'h1:eth1', kbitPerSecond: 1000, direction: 'out' };
    await lab.break(mtu('h1:eth1', 700), slow);
    await lab.mend('mtu h1:eth1 700');
    t.regex((await lab.sh('h1', 'ping -c 1 -W 5 -M do -s 1472 10.1.0.2')).output, / 0% packet loss/u);
    const others: readonly FaultSpec[] = [
      mtu('h2:eth1', 1400),
      { fault: 'loss', at: 'sw1:to-h2', percent: 100, direction: 'in' },
      { fault: 'icmp-filtered', node: 'h2c1' },
      down('h2c1:eth0', 'cable'),
    ];
    await lab.break(...others, { fault: 'host-crash', host: 'h2' });
    const [booted] = await lab.mend('host-crash h2');
    t.regex(
      booted?.seen ?? '',
      /are back; there as before: mtu h2:eth1 1400, loss sw1:to-h2 100 in, icmp-filtered h2c1, link-down h2c1:eth0 cable$/u,
    );
    t.regex((await lab.sh('h2', 'ip link show eth1')).output, /mtu 1400/u);
    t.regex((await lab.sh('h2c1', 'ip link show eth0')).output, /NO-CARRIER/u);
    t.regex((await lab.sh('h2c1', '/usr/sbin/nft list ruleset')).output, /table inet netlab_icmp/u);
    assertVerdict(t, await lab.measure('container-to-container'), 'fail');
    t.is((await lab.mend()).length, others.length + 1);
    // What is to be mended itself is not broken once more.
    await lab.break(...others, { fault: 'host-crash', host: 'h2' });
    t.is((await lab.mend()).length, others.length + 1);
    const { promises, drift } = await lab.verify('container-to-container', 'path-mtu', 'dual-stack');
    for (const result of promises) assertVerdict(t, result, 'pass');
    t.deepEqual(drift, []);
  });
});

test.serial(
  'dhcp: what a lease has given is back without its server, and is told where the lease is lost',
  async (t) => {
    const plan = planOf(scenarioOf({ strategy: 'dhcp', hosts: 2, containers: 1, outsiders: 0, ipv6: false }));
    await withLab(plan, async (lab) => {
      assertVerdict(t, await lab.measure('egress'), 'pass');
      const has = async (what: RegExp): Promise<boolean> =>
        what.test((await lab.sh('h1c1', 'ip route; ip -4 address show dev eth0; echo seen')).output);
      const route = /^default via .* proto dhcp[^]*seen/mu;
      const linkDown = down('h1c1:eth0', 'interface');
      const servers: readonly FaultSpec[] = [
        { fault: 'partition', groups: [['h1'], ['dhcp1']] },
        { fault: 'dhcp-gone' },
      ];
      for (const server of servers) {
        const [first] = await lab.break(server, linkDown);
        // A client that is told to renew a lease and gets no answer gives up the lease.
        for (const mended of [...(await lab.mend('link-down h1c1:eth0 interface')), ...(await lab.mend())])
          t.deepEqual([mended.lost, mended.pending], [[], []], first?.fault);
        t.true(await has(route), first?.fault);
        await lab.break(down('h1c1:eth0', 'cable'), server);
        await lab.sh('h1', 'pkill -USR1 udhcpc');
        while (await has(/inet [^]*seen|^(?![^]*seen)/u));
        const [mended] = await lab.mend('link-down h1c1:eth0 cable');
        t.deepEqual(mended?.lost, []);
        t.is(mended?.pending.length, 2);
        for (const { what, why, faults } of mended?.pending ?? []) {
          t.regex(what, /^h1c1: (?:address [\d./]+|route default via [\d.]+) on eth0$/u);
          t.is(why, server.fault === 'partition' ? 'DHCP has not given it again' : 'nobody listens for DHCP');
          t.deepEqual(faults, [first?.fault ?? '']);
        }
        const [last] = await lab.mend();
        t.deepEqual([last?.fault, last?.lost, last?.pending], [first?.fault, [], []]);
        t.true(await has(route), first?.fault);
      }
      // Nothing of this is on purpose, so nothing is left to be mended.
      await lab.break(down('h1c1:eth0', 'cable'));
      await lab.sh('dhcp1', 'pkill -KILL -x dnsmasq');
      await lab.sh('h1', 'pkill -USR1 udhcpc');
      while (await has(/inet [^]*seen|^(?![^]*seen)/u));
      const [mended] = await lab.mend();
      t.is(mended?.lost.length, 2);
      for (const words of mended?.lost ?? []) t.regex(words, /^h1c1: .* on eth0: nobody listens for DHCP$/u);
      t.deepEqual(mended?.pending, []);
    });
  },
);
