import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from './findings.js';

test.serial('a host whose LAN interface is no port of its bridge', async (t) => {
  await withLab(planOf(), async (lab) => {
    await change(t, lab, 'h2', 'ip link set eth1 nomaster');
    const { promises } = await lab.verify(
      'container-to-container',
      'host-to-container',
      'container-to-host',
      'lan-reachable',
      'no-nat',
      'native-ports',
    );
    const cutOff = { where: 'h2:eth1', words: ['h2 is cut off', 'master is none, planned br0'] };
    assertFinding(t, named(promises, 'container-to-container'), cutOff, {
      where: 'h2:eth1',
      words: ['24 flows lost', 'ICMP, TCP and UDP'],
    });
    for (const promise of ['host-to-container', 'container-to-host', 'lan-reachable'] as const)
      assertFinding(t, named(promises, promise), { where: 'h2:eth1', words: ['h2'] });
    assertFinding(t, named(promises, 'native-ports'), { where: 'h2', words: ['h2', 'at another port 0 of'] });
    const nat = named(promises, 'no-nat');
    t.is(nat.verdict, 'skip');
    t.regex(nat.checks[0]?.reason ?? '', /nothing arrived \(across hosts\)/u);
    await change(t, lab, 'h2', 'ip link set eth1 master br0');
    assertVerdict(t, await lab.measure('container-to-container'), 'pass');
  });
});

test.serial('ports that are isolated, beside a container without IPv6; then no interface at all', async (t) => {
  await withLab(planOf(scenarioOf({ hosts: 2, containers: 2 })), async (lab) => {
    await change(t, lab, 'h1c1', 'sysctl -w net.ipv6.conf.all.disable_ipv6=1');
    await change(t, lab, 'h1', 'for port in 1 2; do bridge link set dev veth-h1c$port isolated on; done');
    const { promises } = await lab.verify('container-to-container', 'dual-stack', 'path-mtu');
    assertFinding(t, named(promises, 'container-to-container'), {
      where: /^h1:veth-h1c[12]$/u,
      words: ['h1:veth-h1c1: isolated is on, planned off'],
    });
    const told = named(promises, 'container-to-container').checks.flatMap(({ evidence }) => evidence);
    t.notRegex(JSON.stringify(told), /fd00|h1g1/u, 'neither the other family, nor what checks have added');
    assertFinding(t, named(promises, 'dual-stack'), {
      where: /^h1c1/u,
      words: ['h1c1:eth0: net.ipv6.conf.eth0.disable_ipv6 is 1, planned 0'],
    });
    await change(t, lab, 'h1c1', 'ip link del eth0');
    const gone = await lab.verify('container-to-container', 'broadcast-domain', 'path-mtu', 'address-capacity');
    // The last address of the slice is asked for by somebody who has an interface.
    for (const { promise, cell } of gone.promises)
      t.is(cell, promise === 'address-capacity' ? 'kept' : 'BROKEN', promise);
    assertFinding(t, named(gone.promises, 'broadcast-domain'), {
      where: 'h1:veth-h1c1',
      words: ['h1:veth-h1c1, h1c1:eth0 are not there'],
    });
  });
});
