import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '#lab/programs.js';
import { emptyNode, type NodeState, serviceFolder } from '#lab/state.js';
import test from 'ava';
import fc from 'fast-check';
import type { Plan } from '#src/plan/plan.js';
import { renderShell } from '#src/plan/render-shell.js';
import { commandLine, comment, hereDocument, shellWord } from '#src/plan/shell-words.js';
import { hosts, plan } from './plans.js';

const run = promisify(execFile);
const throwAway = ['--user', '--map-root-user', '--mount', '--net'] as const;

/** npm puts node_modules/.bin in front, where @vercel/nft has a program that is also called nft. */
const PATH = (process.env['PATH'] ?? '')
  .split(':')
  .filter((one) => !one.includes('node_modules'))
  .join(':');

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

/** Where user namespaces are allowed (sysctl kernel.unprivileged_userns_clone). */
const hasNamespaces = spawnSync('unshare', [...throwAway, 'true']).status === 0;
const inNamespaces = hasNamespaces ? test : test.skip;

inNamespaces(
  'the script builds a lab in which containers reach each other, the world sees the host, and nothing is left',
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'netlab-shell-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const script = join(folder, 'plan.sh');
    await writeFile(script, renderShell(plan()));
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
  },
);

/** A plan of just these nodes, for what bridge-l2 has none of. */
function planOf(...nodes: readonly NodeState[]): Plan {
  return { ...plan(), nodes };
}

const ovs = [
  { hosts: hosts(2, 1) },
  {},
  { strategy: { name: 'ovs-gre', parameters: { datapath: 'userspace', stp: 'off', tunnel: 'geneve' } } },
] as const;

/** Open vSwitch needs a device of the machine that an ordinary user may not open everywhere. */
const switchTrial = [...throwAway, 'sh', '-c', 'command -v ovs-vswitchd && exec 3<>/dev/net/tun'];
const withSwitch = spawnSync('unshare', switchTrial).status === 0 ? test : test.skip;

withSwitch('the script starts daemons, configures them, and ends them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'netlab-shell-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const script = join(folder, 'plan.sh');
  await writeFile(script, renderShell(plan(...ovs)));
  const trial = [...throwAway, '--pid', '--fork', '--mount-proc', 'sh', '-c', `${switching} 2>&1`, 'sh', script];
  const { stdout } = await run('unshare', trial, { env: { ...process.env, PATH }, timeout: 60_000 });
  t.deepEqual(stdout.trim().split('\n').slice(-3), ['br0', '1 received', 'left: 0']);
});

/** The first packets are lost while a tunnel looks for its peer. */
const switching = `set -eu
mount -t tmpfs tmpfs /run
sh "$1" up
ip -n netlab-h1 -o link show master docker0 | grep -o br0
for _ in 1 2 3 4 5 6 7 8 9 10; do
  ip netns exec netlab-h1c1 ping -c 1 -W 1 172.17.128.2 | grep -o '1 received' && break
done
sh "$1" down
echo "left: $(find /run/netlab -name '*.sock' | wc -l)"
`;

test('a daemon is started behind the script and waited for, with its files and its surroundings', (t) => {
  const service = {
    name: 'dns',
    argv: ['dnsmasq', '-k', 'two\nlines'],
    environment: { MODE: 'a b' },
    files: { [`${serviceFolder('a', 'dns')}/hosts`]: '10.0.0.1 x\n' },
    ready: { kind: 'tcp', address: '10.0.0.1', port: 53 },
    readyTimeoutMs: 1,
    stopGraceMs: 1,
  } as const;
  const script = renderShell(planOf({ ...emptyNode('a', 'outsider'), services: [service] }));
  t.true(script.includes("\n  cat >/run/netlab/nodes/a/dns/hosts <<'EOF'\n10.0.0.1 x\nEOF\n"), script);
  t.true(
    script.includes("netlab-a env 'MODE=a b' dnsmasq -k 'two\nlines' >>/run/netlab/nodes/a/dns/log 2>&1 &\n"),
    script,
  );
  t.regex(script, /wait_until sh -c 'ip netns exec netlab-a ss -Hltn .*sport = :53.* \| grep -q \.'/);
});

test("a program of netlab's own is started by Node.js: no shell knows its name in a plan", (t) => {
  const stored = plan({ hosts: hosts(2, 1) }, {}, { strategy: { name: 'vxlan', parameters: { forwarding: 'kv' } } });
  const own = stored.nodes.flatMap(({ services }) => services.filter(({ argv }) => argv[0].startsWith('netlab:')));
  t.is(own.length, 2);
  const script = renderShell(stored);
  t.notRegex(script, /netlab:/u);
  const started = commandLine(process.execPath, programPath('vxlan-agent'));
  for (const host of ['h1', 'h2']) t.true(script.includes(`ip netns exec netlab-${host} ${started} --etcd=`), script);
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
