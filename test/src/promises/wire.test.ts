/** Checks that look at frames, bulk data, addresses and processes: healthy, and broken by hand in a running lab. */
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from './findings.js';

const own = ['throughput', 'broadcast-domain', 'loop-free', 'address-capacity', 'infrastructure-free'] as const;
/** Rules for bridged frames, in a table of their own that is thrown away again. */
const bridgeRule = (rule: string): string =>
  `nft 'table bridge t { chain c { type filter hook forward priority 0; ${rule}; }; }'`;
const withoutRules = 'nft delete table bridge t';

test.serial('a healthy lab keeps every promise, twice in a row', async (t) => {
  await withLab(planOf(), async (lab) => {
    for (const round of [1, 2]) {
      const { promises } = await lab.verify(...own);
      for (const result of promises) {
        assertVerdict(t, result, 'pass');
        const [check] = result.checks;
        t.log(`${round}: ${result.promise} ${Math.round(check?.durationMs ?? 0)} ms: ${check?.summary}`);
      }
      t.regex(
        named(promises, 'throughput').checks[0]?.summary ?? '',
        /^[\d.-]+ Gbit\/s across hosts, [\d.-]+ inside; 4 of 4 transfers completed/u,
      );
      t.regex(
        named(promises, 'broadcast-domain').checks[0]?.summary ?? '',
        /^24 of 24 .* exactly once at 4 containers/u,
      );
      t.is(named(promises, 'loop-free').checks[0]?.summary, '10 frames stayed 10 on every port; no redundant link');
    }
  });
});

test.serial('bulk data, broadcasts, the last address, a daemon: each broken by itself', async (t) => {
  await withLab(planOf(), async (lab) => {
    await change(t, lab, 'h1', bridgeRule('ip protocol tcp meta length > 1000 drop'));
    const throughput = await lab.measure('throughput');
    assertFinding(t, throughput, {
      where: /^h1:/u,
      words: [
        'h1c1 -> h2c1',
        'nothing',
        /left h1c1:eth0, entered h1:veth-h1c1, never left h1:eth1|never left h1:veth-h1c1/u,
      ],
    });
    await change(t, lab, 'h1', withoutRules);

    await change(t, lab, 'h1', bridgeRule('oifname "veth-h1c2" ether type 0x88b5 drop'));
    const broadcast = await lab.measure('broadcast-domain');
    assertFinding(t, broadcast, {
      where: 'h1:veth-h1c2',
      words: ['h1c2 does not get broadcast and multicast frames', 'h1c1, h2c1 and h2c2', 'never left h1:veth-h1c2'],
    });
    t.is(broadcast.checks[0]?.evidence.length, 1);
    await change(t, lab, 'h1', withoutRules);

    await change(t, lab, 'o1', 'ip address add 10.1.1.254/16 dev eth0');
    assertFinding(t, await lab.measure('address-capacity'), {
      where: 'o1:eth0',
      words: ["10.1.1.254, the last address of h1's slice", 'o1:eth0 has 10.1.1.254 too'],
    });
    await change(t, lab, 'o1', 'ip address del 10.1.1.254/16 dev eth0');

    const listen = `"${process.execPath}" -e "require('net').createServer().listen(7000)"`;
    const listening = `(${listen} >/dev/null 2>&1 &); for i in 1 2 3 4 5 6 7 8 9; do ss -tln | grep -q 7000 || sleep 0.2; done`;
    for (const node of ['h1c1', 'o1', 'world']) await change(t, lab, node, listening);
    const applied = await lab.measure('infrastructure-free');
    assertVerdict(t, applied, 'pass');
    t.regex(applied.checks[0]?.summary ?? '', /not of the design: applications on (?=.*h1c1)(?=.*o1)(?=.*world)/u);

    await change(t, lab, 'h2', listening);
    await change(t, lab, 'h1', '(sleep 100 >/dev/null 2>&1 &)');
    assertFinding(
      t,
      await lab.measure('infrastructure-free'),
      { where: 'h1', words: ['nobody declared this daemon', 'sleep 100'] },
      { where: 'h2', words: ['nobody declared this daemon', 'createServer'] },
      { where: 'h2', words: ['nobody declared this listener', 'tcp/7000'] },
    );
  });
});

test.serial('a slice that another host’s slice overlaps has no last address of its own', async (t) => {
  const scenario = scenarioOf({ outsiders: 0, tolerate: ['overlapping-slices'] });
  const hosts = scenario.cluster.hosts.map((host, index) => (index === 1 ? { ...host, slice: '10.1.1.128/25' } : host));
  await withLab(planOf({ ...scenario, cluster: { ...scenario.cluster, hosts } }), async (lab) => {
    const result = await lab.measure('address-capacity');
    assertFinding(t, result, {
      where: /^h[12]g1:eth0$/u,
      words: [/the last address of h[12]'s slice/u, /h[12]g1:eth0 has 10\.1\.1\.254 too/u],
    });
  });
});

test.serial('last addresses that are all taken leave nothing to try', async (t) => {
  const scenario = scenarioOf({ outsiders: 0, containers: 1 });
  const hosts = scenario.cluster.hosts.map((host, index) => ({
    ...host,
    containers: host.containers.map((container) => ({ ...container, address: `10.1.${index + 1}.254` })),
  }));
  await withLab(planOf({ ...scenario, cluster: { ...scenario.cluster, hosts } }), async (lab) => {
    const result = await lab.measure('address-capacity');
    assertVerdict(t, result, 'skip');
    t.is(result.cell, 'unverified');
    t.regex(result.checks[0]?.reason ?? '', /have every slice's last address already/u);
  });
});

test.serial('an interface of another kind, and a declared one that is not there', async (t) => {
  const plan = planOf(scenarioOf({ outsiders: 0, containers: 1 }));
  const infrastructure = { ...plan.infrastructure, listeners: ['udp/4789'] };
  await withLab({ ...plan, infrastructure }, async (lab) => {
    await change(t, lab, 'h1', 'ip link add vx0 up type vxlan id 7 dstport 0 local 192.0.2.11');
    assertFinding(
      t,
      await lab.measure('infrastructure-free'),
      { where: 'h1:vx0', words: ['nobody declared this kernel feature', 'of kind vxlan'] },
      { where: /^$/u, words: ['declares the listener udp/4789, and it was not found'] },
    );
  });
});
