/** What a fault took with it is there again after its mend: all nodes are compared, by what their own tools say. */
import test, { type ExecutionContext } from 'ava';
import type { FaultSpec } from '#src/scenario/fault.js';
import { planOf, scenarioOf, type ScenarioShape, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict, change } from '../promises/findings.js';

/** A shell may have ended before all that it has written is read. */
const END = 'that is all';

/**
 * Everything that the kernel keeps for a node, without counters, times, and what is learned.
 */
const LOOK = `
ip -o link | sed -E 's/^[0-9]+: //; s/ qlen [0-9]+//; s/@[^:]*//; s/state (UP|UNKNOWN)/state up/; s/ link-netnsid [0-9]+//'
ip -o address | sed -E 's/^[0-9]+: //; s/valid_lft.*//; s/ (dynamic|tentative|deprecated)//g'
ip -4 route show table all; ip -6 route show table all | sed -E 's/ expires [0-9]+sec//; s/ (linkdown|dead)//g'
ip maddress | awk '/^[0-9]/ { link = $2 } /inet/ { print "group", link, $2 }'
ip -4 rule; ip -6 rule
ip neigh show nud permanent; ip neigh show proxy
bridge fdb show | grep -E 'permanent|static' | grep -vE '^(33:33|01:00:5e)'
for folder in ipv4/conf ipv4/neigh ipv6/conf ipv6/neigh; do
  grep -rs . /proc/sys/net/$folder
done
echo ${END}`;

type Look = ReadonlyMap<string, readonly string[]>;

async function look(lab: TestLab, nodes: readonly string[]): Promise<Look> {
  const lookAt = async (node: string): Promise<string> => {
    const { output } = await lab.sh(node, LOOK);
    return output.includes(END) ? output : await lookAt(node);
  };
  const looks = await Promise.all(nodes.map(async (node) => [node, await lookAt(node)] as const));
  return new Map(
    looks.map(([node, output]) => [
      node,
      output
        .split('\n')
        .map((line) => line.trim())
        .toSorted(),
    ]),
  );
}

function differences(before: Look, now: Look): readonly string[] {
  return [...before].flatMap(([node, lines]) => {
    const found = now.get(node) ?? [];
    const missing = lines.filter((line) => !found.includes(line)).map((line) => `${node}: - ${line}`);
    const added = found.filter((line) => !lines.includes(line)).map((line) => `${node}: + ${line}`);
    return [...missing, ...added];
  });
}

/** Routing daemons and switches take their time to notice. */
const NOTICE_MS = 20_000;

async function assertAsBefore(t: ExecutionContext, lab: TestLab, before: Look, fault: string): Promise<void> {
  const endMs = performance.now() + NOTICE_MS;
  let found: readonly string[];
  do found = differences(before, await look(lab, [...before.keys()]));
  while (found.length > 0 && performance.now() < endMs);
  t.deepEqual(found, [], fault);
}

/** The kernel tells of carriers by a worker that may hold itself back for a second. */
async function settled(lab: TestLab, nodes: readonly string[]): Promise<Look> {
  const endMs = performance.now() + NOTICE_MS;
  let found: Look;
  do found = await look(lab, nodes);
  while ([...found.values()].flat().some((line) => line.includes('NO-CARRIER')) && performance.now() < endMs);
  return found;
}

interface Tried {
  readonly shape: ScenarioShape;
  readonly faults: readonly FaultSpec[];
  /** Done by hand before, in a node each: `h1`, then a command. */
  readonly byHand?: ReadonlyArray<readonly [string, string]>;
}

async function breakAndMendEach(t: ExecutionContext, { shape, faults, byHand = [] }: Tried): Promise<void> {
  const plan = planOf(scenarioOf({ hosts: 2, containers: 1, outsiders: 0, ...shape }));
  await withLab(plan, async (lab) => {
    // Leases are there then.
    await lab.verify('container-to-container');
    for (const [node, command] of byHand) await change(t, lab, node, command);
    const before = await settled(
      lab,
      plan.nodes.map(({ name }) => name),
    );
    // What boots has other MACs, and nothing that was done by hand.
    const survivors = new Map([...before].filter(([node]) => !node.startsWith('h2')));
    for (const fault of faults) {
      const startedMs = performance.now();
      const [broken] = await lab.break(fault);
      const [mended] = await lab.mend();
      t.log(`${broken?.fault}: ${Math.round(performance.now() - startedMs)} ms; ${mended?.seen}`);
      t.deepEqual(mended?.lost, [], broken?.fault);
      await assertAsBefore(t, lab, fault.fault === 'host-crash' ? survivors : before, broken?.fault ?? '');
    }
    const { promises, drift } = await lab.verify('container-to-container', 'path-mtu', 'dual-stack');
    for (const result of promises) assertVerdict(t, result, 'pass');
    if (byHand.length === 0) t.deepEqual(drift, []);
  });
}

const mtu = (at: string, mtuBytes: number): FaultSpec => ({ fault: 'mtu', at, mtuBytes });
const down = (at: string, how: 'cable' | 'interface'): FaultSpec => ({ fault: 'link-down', at, how });
const killed = (node: string, service: string): FaultSpec => ({ fault: 'daemon-killed', node, service });
const ofLinks: readonly FaultSpec[] = [
  mtu('h1:eth1', 1400),
  mtu('h1:eth1', 1000),
  mtu('h1c1:eth0', 1000),
  down('h1:eth1', 'interface'),
  down('h1c1:eth0', 'interface'),
];

test.serial('macvlan: children in other nodes follow their parent down, and are brought up again', async (t) => {
  const faults = [...ofLinks, mtu('h1:eth1', 68), { fault: 'host-crash', host: 'h2' } as const];
  await breakAndMendEach(t, { shape: { strategy: 'macvlan' }, faults });
});

test.serial('dhcp: clients renew, routers are asked, what the kernel made anew has its own sysctls', async (t) => {
  // Once more at the end: bridges still follow their ports.
  const faults = [...ofLinks, { fault: 'dhcp-gone' } as const, mtu('h1:eth1', 1300)];
  await breakAndMendEach(t, { shape: { strategy: 'dhcp' }, faults });
});

test.serial('ovs-gre: a switch whose ports follow, and whose interfaces its daemon makes', async (t) => {
  const parameters = { datapath: 'userspace', mesh: 'star', stp: 'off' };
  const faults = [...ofLinks, killed('h1', 'ovs-vswitchd')];
  await breakAndMendEach(t, { shape: { strategy: 'ovs-gre', parameters }, faults });
});

test.serial('bgp: routes of a daemon come back by themselves', async (t) => {
  await breakAndMendEach(t, { shape: { strategy: 'bgp' }, faults: [...ofLinks, killed('h1', 'bird')] });
});

test.serial('bridge-l2: what was done by hand before is there again, too', async (t) => {
  const faults: readonly FaultSpec[] = [
    ...ofLinks,
    mtu('h1:eth1', 1300),
    mtu('h1c1:eth0', 1300),
    mtu('h1c1:eth0', 68),
    down('h1:br0', 'interface'),
    down('h1c1:eth0', 'cable'),
    { fault: 'loss', at: 'h1:eth1', percent: 50, direction: 'in' },
    { fault: 'rate', at: 'h1:eth1', kbitPerSecond: 1000, direction: 'out' },
    { fault: 'partition', groups: [['h1'], ['h2']] },
    { fault: 'icmp-filtered', node: 'h1' },
    { fault: 'host-crash', host: 'h2' },
  ];
  const byHand = [
    'ip address add 10.9.9.9/24 dev eth0',
    'ip address add fd00:9::9/64 dev eth0 nodad',
    'ip address add fd00:9::8/64 dev eth0 nodad valid_lft 9000 preferred_lft 8000',
    'ip route add 10.77.0.0/16 via 10.9.9.1 table 77 mtu 1200 advmss 900',
    'ip route add 10.78.0.0/16 nexthop via 10.9.9.1 weight 3 nexthop via 10.9.9.2',
    'ip -6 route add fd00:77::/64 via fd00:9::1 mtu 1400 metric 50 proto 77',
    'ip -6 route add fd00:78::/64 nexthop via fd00:9::2 nexthop via fd00:9::1',
    'ip neigh add 10.9.9.1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent',
    'ip neigh add fd00:9::1 lladdr 02:00:00:00:00:01 dev eth0 nud permanent',
    'ip neigh add proxy fd00:9::77 dev eth0',
    'echo 33 >/proc/sys/net/ipv6/conf/eth0/hop_limit',
    'echo 7 >/proc/sys/net/ipv6/neigh/eth0/ucast_solicit',
    'echo 1 >/proc/sys/net/ipv4/conf/eth0/arp_announce',
  ].map((command) => ['h1c1', command] as const);
  await breakAndMendEach(t, { shape: { strategy: 'bridge-l2' }, faults, byHand });
});

test.serial('faults upon each other: each is mended alone, and what cannot be put back is told', async (t) => {
  const plan = planOf(scenarioOf({ strategy: 'macvlan', hosts: 1, containers: 2, outsiders: 0 }));
  await withLab(plan, async (lab) => {
    const makeWay =
      'ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip address add 10.98.0.1/30 dev v0';
    await change(t, lab, 'h1c2', makeWay);
    const before = await settled(lab, ['h1', 'h1c1', 'h1c2']);
    const mtuOf = async (node: string, link: string): Promise<string> =>
      (await lab.sh(node, `cat /proc/sys/net/ipv6/conf/${link}/mtu; ip link show ${link}`)).output;
    await lab.break(mtu('h1:eth1', 1300), mtu('h1c1:eth0', 1290));
    const [first] = await lab.mend('mtu h1:eth1 1300');
    t.deepEqual(first?.lost, []);
    t.regex(await mtuOf('h1c1', 'eth0'), /mtu 1290/u);
    t.regex(await mtuOf('h1c2', 'eth0'), /mtu 1500/u);
    await lab.mend();
    await assertAsBefore(t, lab, before, 'both');
    await lab.break(mtu('h1:eth1', 1000));
    await change(t, lab, 'h1c2', 'ip link delete v0');
    const [mended] = await lab.mend();
    for (const words of ['h1c2: interface v0', 'h1c2: interface v1', 'h1c2: address 10.98.0.1/30 on v0'])
      t.true(mended?.lost.includes(words), mended?.lost.join('\n'));
    t.true(
      mended?.lost.every((words) => /^h1c2: .*v[01]$/u.test(words)),
      mended?.lost.join('\n'),
    );
    await assertAsBefore(t, lab, new Map([...before].filter(([node]) => node !== 'h1c2')), 'without v0');
  });
});

test.serial('dhcp: a default route that the lease speaks of is missing, and comes back with the mend', async (t) => {
  const plan = planOf(scenarioOf({ strategy: 'dhcp', hosts: 2, containers: 1, outsiders: 0, ipv6: false }));
  await withLab(plan, async (lab) => {
    assertVerdict(t, await lab.measure('egress'), 'pass');
    await change(t, lab, 'h2c1', 'ip route delete default');
    await lab.break(down('h1c1:eth0', 'interface'));
    const { drift } = await lab.verify('egress');
    for (const node of ['h1c1', 'h2c1'])
      t.true(
        drift.some((line) => line.startsWith(`${node}: route is none, planned default via`)),
        drift.join('\n'),
      );
    t.deepEqual((await lab.mend())[0]?.lost, []);
    const after = await lab.verify('container-to-host');
    t.deepEqual(
      after.drift.filter((line) => !line.startsWith('h2c1: route is none, planned default via')),
      [],
    );
    t.regex((await lab.sh('h1c1', 'ip route')).output, /^default via .* proto dhcp/mu);
  });
});
