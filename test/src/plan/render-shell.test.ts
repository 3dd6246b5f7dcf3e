import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emptyNode, type NodeState } from '#lab/state.js';
import test from 'ava';
import fc from 'fast-check';
import type { Plan } from '#src/plan/plan.js';
import { renderShell } from '#src/plan/render-shell.js';
import { commandLine, comment, hereDocument, shellWord } from '#src/plan/shell-words.js';
import { plan } from './plans.js';

const run = promisify(execFile);
const throwAway = ['--user', '--map-root-user', '--mount', '--net'] as const;

/** Answers every connection with the address that it comes from. */
const server = `require('node:net').createServer((socket) => socket.end(socket.remoteAddress)).listen(7, '::')`;
/** Prints the answer; tries again until somebody listens, for five seconds. */
const client = `const [address] = process.argv.slice(1); const deadline = Date.now() + 5000;
const attempt = () => { let answer = ''; const socket = require('node:net').connect({ host: address, port: 7, timeout: 1000 });
  socket.on('data', (data) => { answer += data; }).on('end', () => console.log(answer)).on('timeout', () => socket.destroy(new Error('timeout')))
    .on('error', (error) => { if (Date.now() > deadline) { console.error(error.message); process.exit(1); } setTimeout(attempt, 20); }); };
attempt();`;

/** What a person would type after reading the script's first lines. */
const session = `set -eu
mount -t tmpfs tmpfs /run
sh "$1" up
inside() { node=$1; shift; exec ip netns exec "netlab-$node" "$NODE" -e "$@"; }
for node in h2c1 world; do inside "$node" "$SERVER" & pids="\${pids-} $!"; done
trap 'kill $pids' EXIT
for to in 10.1.2.2 fd00:10:1:0:10:1:2:2 198.51.100.2 2001:db8:0:2::2; do (inside h1c1 "$CLIENT" "$to"); done
(inside o1 "$CLIENT" 10.1.2.2)
sh "$1" down
ip netns list | wc -l
`;

test('the script builds a lab in which containers reach each other, the world sees the host, and nothing is left', async (t) => {
  const refusal = spawnSync('unshare', [...throwAway, 'true'], { encoding: 'utf8' });
  if (refusal.status !== 0) {
    t.log(
      `skipped: no user namespaces here (${refusal.stderr.trim()}); sysctl kernel.unprivileged_userns_clone=1 allows them`,
    );
    t.pass();
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'netlab-shell-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const script = join(folder, 'plan.sh');
  await writeFile(script, renderShell(plan()));
  // npm puts node_modules/.bin in front, where @vercel/nft has a program that is also called nft.
  const PATH = (process.env['PATH'] ?? '')
    .split(':')
    .filter((one) => !one.includes('node_modules'))
    .join(':');
  const env = { ...process.env, PATH, NODE: process.execPath, SERVER: server, CLIENT: client };
  const { stdout } = await run('unshare', [...throwAway, 'sh', '-c', session, 'session', script], {
    env,
    timeout: 60_000,
  });
  t.deepEqual(stdout.trim().split('\n'), [
    '::ffff:10.1.1.2',
    'fd00:10:1:0:10:1:1:2',
    '::ffff:192.0.2.11',
    '2001:db8:0:1::11',
    '::ffff:10.1.255.1',
    '0',
  ]);
});

/** A plan of just these nodes, for what bridge-l2 has none of. */
function planOf(...nodes: readonly NodeState[]): Plan {
  return { ...plan(), nodes };
}

const renders = test.macro((t, change: Partial<NodeState>, lines: readonly string[]) => {
  const script = renderShell(planOf({ ...emptyNode('a', 'outsider'), ...change }));
  for (const line of lines) t.true(script.includes(`  ${line}\n`), `${line} in\n${script}`);
});

test(
  'vxlan with static peers and with a multicast group',
  renders,
  {
    links: [
      {
        kind: 'vxlan',
        name: 'vx0',
        vni: 42,
        port: 4789,
        local: '192.0.2.1',
        learning: false,
        mtuBytes: 1450,
        addresses: [],
      },
      {
        kind: 'vxlan',
        name: 'vx1',
        vni: 43,
        port: 4789,
        remote: '239.1.1.1',
        parent: 'eth1',
        up: false,
        addresses: [],
      },
    ],
    fdb: [{ link: 'vx0', mac: '00:00:00:00:00:00', destination: '192.0.2.2' }],
  },
  [
    'ip -n netlab-a link add name vx0 type vxlan id 42 dstport 4789 local 192.0.2.1 nolearning',
    'ip -n netlab-a link add name vx1 type vxlan id 43 dstport 4789 group 239.1.1.1 dev eth1',
    'ip -n netlab-a link set dev vx0 mtu 1450',
    'bridge -n netlab-a fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.2',
  ],
);
test(
  'macvlan and tap',
  renders,
  {
    links: [
      { kind: 'macvlan', name: 'mv0', parent: 'eth1', mode: 'bridge', addresses: [] },
      { kind: 'tun', name: 'tap0', mode: 'tap', addresses: [] },
    ],
  },
  [
    'ip -n netlab-a link add name mv0 link eth1 type macvlan mode bridge',
    'ip -n netlab-a tuntap add dev tap0 mode tap',
  ],
);
test(
  'a bridge with STP counts its delay in hundredths of a second',
  renders,
  { links: [{ kind: 'bridge', name: 'br0', stp: true, forwardDelaySeconds: 2, addresses: [] }] },
  ['ip -n netlab-a link add name br0 type bridge stp_state 1 forward_delay 200'],
);
test(
  'routes, rules and neighbours',
  renders,
  {
    routes: [
      { destination: '10.9.0.0/16', via: '10.1.0.9', link: 'br0', source: '10.1.0.1', metric: 7, table: 100 },
      { destination: 'fd00::/8', kind: 'blackhole' },
    ],
    rules: [
      { family: 'ipv6', from: 'fd00::/64', table: 100, priority: 10 },
      { family: 'ipv4', to: '10.9.0.0/16', table: 100, priority: 11 },
    ],
    neighbours: [{ address: '10.1.0.9', mac: '02:42:0a:01:00:09', link: 'br0' }],
  },
  [
    'ip -n netlab-a route add 10.9.0.0/16 via 10.1.0.9 dev br0 src 10.1.0.1 metric 7 table 100',
    'ip -n netlab-a -6 route add blackhole fd00::/8',
    'ip -n netlab-a -6 rule add from fd00::/64 table 100 priority 10',
    'ip -n netlab-a -4 rule add from all to 10.9.0.0/16 table 100 priority 11',
    'ip -n netlab-a neighbour add 10.1.0.9 lladdr 02:42:0a:01:00:09 dev br0 nud permanent',
  ],
);
test(
  'several next hops, gateways on-link, MTUs of routes',
  renders,
  {
    routes: [
      {
        destination: '10.9.0.0/16',
        nextHops: [{ via: '10.1.0.2', link: 'eth1', onLink: true }, { via: '10.2.0.2' }],
        metric: 7,
        mtuBytes: 1400,
      },
      { destination: 'default', nextHops: [{ via: 'fd00::2' }, { via: 'fd00::3' }] },
      { destination: '10.8.0.0/16', via: '192.0.2.1', link: 'eth1', onLink: true },
    ],
  },
  [
    'ip -n netlab-a route add 10.9.0.0/16 metric 7 mtu 1400 nexthop via 10.1.0.2 dev eth1 onlink nexthop via 10.2.0.2',
    'ip -n netlab-a -6 route add default nexthop via fd00::2 nexthop via fd00::3',
    'ip -n netlab-a route add 10.8.0.0/16 via 192.0.2.1 dev eth1 onlink',
  ],
);
test(
  'options of a bridge port',
  renders,
  {
    links: [
      {
        kind: 'vxlan',
        name: 'vx0',
        vni: 1,
        port: 4789,
        local: 'fd00::1',
        master: 'br0',
        bridgePort: { hairpin: false, learning: false, neighSuppress: true, isolated: true },
        addresses: [],
      },
    ],
    fdb: [
      { link: 'vx0', mac: '00:00:00:00:00:00', destination: 'fd00::2' },
      { link: 'vx0', mac: '00:00:00:00:00:00', destination: 'fd00::3' },
      { link: 'vx0', mac: '02:00:00:00:00:01' },
    ],
  },
  [
    'ip -n netlab-a link set dev vx0 master br0',
    'ip -n netlab-a link set dev vx0 type bridge_slave hairpin off learning off neigh_suppress on isolated on',
    'bridge -n netlab-a fdb append 00:00:00:00:00:00 dev vx0 dst fd00::2',
    'bridge -n netlab-a fdb append 00:00:00:00:00:00 dev vx0 dst fd00::3',
    'bridge -n netlab-a fdb append 02:00:00:00:00:01 dev vx0 master static',
  ],
);

test('what daemons a node runs is said, not done', (t) => {
  const service = {
    name: 'dns',
    argv: ['dnsmasq', '-k', 'two\nlines'],
    ready: { kind: 'started' },
    readyTimeoutMs: 1,
    stopGraceMs: 1,
  } as const;
  const script = renderShell(planOf({ ...emptyNode('a', 'outsider'), services: [service] }));
  t.true(script.includes("\n  # netlab runs dns here: dnsmasq -k 'two lines'\n"), script);
});

const bareText = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));

test('any text is one word to the shell, and that very text', (t) => {
  const words = fc.sample(bareText, 300);
  const script = words.map((word) => `printf '%s\\0' ${shellWord(word)}`).join('\n');
  t.deepEqual(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1), words);
});

test('a here-document gives any lines as they are, even its own end', (t) => {
  for (const text of ['plain\n', '$HOME `id` \\', "EOF\nEOF_\n'", ' indented\n\n\nlast']) {
    t.is(
      spawnSync('sh', ['-c', hereDocument('cat', text)], { encoding: 'utf8' }).stdout,
      `${text.replace(/\n$/u, '')}\n`,
    );
  }
});

test('a comment stays on its line', (t) => {
  t.is(comment('one\ntwo\u2028three\r'), '# one two three');
  t.is(commandLine('ip', undefined, 5, 'a b', '~x'), "ip 5 'a b' '~x'");
});

test('hostile names are text to the shell', async (t) => {
  const names = ["x'; touch pwned; '", '$(touch pwned)', '`touch pwned`', '-n', 'a b', '\n touch pwned'];
  const folder = await mkdtemp(join(tmpdir(), 'netlab-shell-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const echo = 'ip() { for word; do printf "%s|" "$word"; done; echo; }\nnft() { :; }\n';
  const hostile = {
    ...planOf(...names.map((name) => emptyNode(name, 'outsider'))),
    scenario: { ...plan().scenario, name: 'x\ntouch pwned' },
  };
  const { stdout } = await run('sh', ['-c', echo + renderShell(hostile), 'plan.sh', 'up'], { cwd: folder });
  for (const name of names) t.true(stdout.includes(`netns|add|netlab-${name}|\n`), name);
  t.is(spawnSync('ls', [folder], { encoding: 'utf8' }).stdout, '');
});
