import { compareSnapshots, newModules } from '#lab/machine/comparison.js';
import { type MachineSnapshot, snapshotMachine } from '#lab/machine/snapshot.js';
import test from 'ava';
import { isolated } from './isolated.js';

/** What is told of a change that the shell commands make between two snapshots. */
async function told(...commands: readonly string[]): Promise<string[]> {
  return await isolated<string[]>(`
    import { compareSnapshots } from '#lab/machine/comparison.js';
    import { snapshotMachine } from '#lab/machine/snapshot.js';
    import { runTool } from '#lab/process.js';
    const run = (command) => runTool(['sh', '-ec', command], { timeoutMs: 5000 });
    await run('ip link set lo up; ip link add v0 type veth peer name v1; ip link set v0 up; ip address add 192.0.2.1/24 dev v0; nft add table ip before');
    const before = await snapshotMachine();
    await run(${JSON.stringify(commands.join('; '))});
    give(compareSnapshots(before, await snapshotMachine()));
  `);
}

const cases: readonly (readonly [title: string, command: string, line: RegExp])[] = [
  ['a link that is new', 'ip link add x0 type bridge', /^link x0 is new$/],
  ['a link that is gone', 'ip link del v0', /^link v0 is gone$/],
  ['an MTU', 'ip link set v1 mtu 1400', /^link v1 changed from "veth, .* MTU 1500, .*" to "veth, .* MTU 1400, .*"$/],
  [
    'a queueing discipline',
    'tc qdisc add dev v0 root tbf rate 1mbit burst 10k latency 1s',
    /^link v0 changed from .*queue noqueue.* to .*queue tbf/,
  ],
  ['an address', 'ip address add 192.0.2.9/24 dev v0', /^address 192\.0\.2\.9\/24 on v0 is new$/],
  [
    'a route',
    'ip route add 198.51.100.0/24 dev v0 metric 7',
    /^route IPv4 198\.51\.100\.0\/24 on v0, metric 7, table 254 is new$/,
  ],
  ['a route of another table', 'ip route add default dev v0 table 77', /^route IPv4 default on v0, table 77 is new$/],
  [
    'a rule',
    'ip rule add from 192.0.2.0/24 table 77 priority 5',
    /^rule IPv4 priority 5 from 192\.0\.2\.0\/24 table 77 is new$/,
  ],
  [
    'a permanent neighbour',
    'ip neighbour add 192.0.2.3 lladdr 02:42:00:00:00:01 dev v0',
    /^permanent neighbour 192\.0\.2\.3 on v0 is new$/,
  ],
  ['an nftables rule', 'nft add chain ip before c', /^nftables ruleset changed: .*\+ chain c \{/],
  ['a sysctl', 'echo 1 > /proc/sys/net/ipv4/ip_forward', /^sysctl net\.ipv4\.ip_forward changed from "0" to "1"$/],
];

for (const [title, command, line] of cases) {
  test(`a change is told: ${title}`, async (t) => {
    const lines = await told(command);
    t.true(
      lines.some((found) => line.test(found)),
      lines.join('\n'),
    );
  });
}

test('nothing is told when nothing changed, nor of what changes by itself', async (t) => {
  t.deepEqual(await told('true'), []);
  t.deepEqual(await told('ip neighbour add 192.0.2.3 lladdr 02:42:00:00:00:01 nud reachable dev v0'), []);
});

test('it is plain data, quick, and the same twice', async (t) => {
  const first = await snapshotMachine();
  const start = process.cpuUsage();
  const second = await snapshotMachine();
  const { user, system } = process.cpuUsage(start);
  t.log(`${Math.round((user + system) / 1000)} ms of processor time`);
  t.deepEqual(compareSnapshots(JSON.parse(JSON.stringify(first)) as MachineSnapshot, second), []);
  t.true(user + system < 200_000);
});

const nothing: MachineSnapshot = {
  links: {},
  addresses: {},
  routes: {},
  rules: {},
  neighbours: {},
  nftables: null,
  sysctls: {},
  modules: [],
  notCompared: [],
};

test('what a module brings when it is loaded is told as the module', (t) => {
  const before = { ...nothing, sysctls: { 'net.ipv4.conf.all.forwarding': '0' } };
  const after = {
    ...before,
    modules: ['ip_gre', 'br_netfilter'],
    links: { gre0: 'gre', eth7: 'veth' },
    sysctls: {
      ...before.sysctls,
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.ipv4.conf.gre0.forwarding': '0',
      'net.ipv4.conf.eth7.forwarding': '0',
    },
  };
  t.deepEqual(newModules(before, after), ['ip_gre', 'br_netfilter']);
  t.deepEqual(compareSnapshots(before, after), ['link eth7 is new', 'sysctl net.ipv4.conf.eth7.forwarding is new']);
  t.is(compareSnapshots(before, { ...after, modules: [] }).length, 5);
});

test('a ruleset that could not be read both times is not compared', (t) => {
  t.deepEqual(compareSnapshots(nothing, { ...nothing, nftables: 'table ip x {}' }), []);
});
