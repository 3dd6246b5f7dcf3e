/** What a command finds in a node: files of its own, nothing of the machine that it could change by mistake, its daemons' tools. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type CliResult, netlab, NOBODY, temporaryFolder } from '../../support/cli.js';

const folder = temporaryFolder();
const isThere = (program: string): boolean => {
  try {
    return execFileSync('sh', ['-c', `command -v ${program}`]).length > 0;
  } catch {
    return false;
  }
};

type Exec = (node: string, ...argv: readonly string[]) => Promise<CliResult>;

/** A lab of two hosts with a container each. */
async function withLab(
  t: ExecutionContext,
  [name, strategy]: readonly [string, string],
  use: (exec: Exec) => Promise<void>,
  uid?: number,
): Promise<void> {
  const scenario = join(folder, `${name}.yaml`);
  writeFileSync(scenario, `name: ${name}\ncluster: { hosts: 2, containers: 1, outsiders: 1 }\nstrategy: ${strategy}\n`);
  const as = uid === undefined ? {} : { uid };
  const up = await netlab(['up', scenario, '--name', name], as);
  t.is(up.exitCode, 0, up.stderr);
  try {
    await use(async (node, ...argv) => await netlab(['exec', name, node, '--', ...argv], as));
  } finally {
    t.is((await netlab(['down', name], as)).exitCode, 0);
  }
}

const OWN = ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname'];

/** Tries to change what is the machine's; each line that it prints is one that it could. */
const INTRUSION = `
for file in /proc/sys/kernel/domainname /proc/sys/vm/swappiness /sys/kernel/mm/ksm/run /dev/netlab-test; do
  (cat $file >/tmp/netlab-value || echo 1 >/tmp/netlab-value; cat /tmp/netlab-value >$file) 2>/dev/null && echo $file
done
for device in /dev/*; do [ ! -b $device ] || echo $device; done
echo 1 >/proc/sys/net/ipv4/ip_forward || echo own sysctls
[ "$1" != root ] || echo 500 >/sys/class/net/eth0/tx_queue_len || echo own interfaces
for device in null zero full random urandom; do [ -c /dev/$device ] || echo no $device; done
rm -f /tmp/netlab-value`;

for (const [who, uid] of [
  ['root', undefined],
  ['an ordinary user', NOBODY],
] as const) {
  test.serial(`as ${who}: files of a node are its own, and the machine's are left alone`, async (t) => {
    if (process.getuid?.() !== 0 && uid !== undefined) {
      t.pass('only root can become somebody else');
      return;
    }
    const before = OWN.map((file) => readFileSync(file, 'utf8'));
    await withLab(
      t,
      [`own-${uid ?? 0}`, 'bridge-l2'],
      async (exec) => {
        t.is((await exec('h1c1', 'sh', '-c', INTRUSION, 'sh', who)).stdout, '');
        t.is((await exec('h1c1', 'cat', '/etc/hostname')).stdout, 'h1c1\n');
        t.is((await exec('h1c1', 'hostname')).stdout, 'h1c1\n');
        // As DHCP clients do: a new file, then renamed.
        const change = OWN.map((file) => `echo changed >${file}.new && mv ${file}.new ${file}`).join(' && ');
        t.is((await exec('h1c1', 'sh', '-c', `${change} && rm /etc/hosts && mkdir /etc/hosts`)).stderr, '');
        t.is((await exec('h1c1', 'cat', '/etc/resolv.conf')).stdout, 'changed\n', 'it stays');
        t.not((await exec('h2c1', 'cat', '/etc/resolv.conf')).stdout, 'changed\n', 'it is of that node alone');
      },
      uid,
    );
    t.deepEqual(
      OWN.map((file) => readFileSync(file, 'utf8')),
      before,
    );
  });
}

const tested = (...programs: readonly string[]) => (programs.every(isThere) ? test.serial : test.serial.skip);

tested('udhcpc', 'dnsmasq')(
  'udhcpc in an outsider writes the resolver of the outsider, not of the machine',
  async (t) => {
    const before = readFileSync('/etc/resolv.conf', 'utf8');
    await withLab(t, ['leased', 'dhcp'], async (exec) => {
      const { exitCode, stderr } = await exec('o1', 'udhcpc', '-i', 'eth0', '-n', '-q', '-f');
      t.is(exitCode, 0, stderr);
      t.regex((await exec('o1', 'cat', '/etc/resolv.conf')).stdout, /^nameserver \d/mu);
    });
    t.is(readFileSync('/etc/resolv.conf', 'utf8'), before);
  },
);

const wireguard = '{ name: encrypted-overlay, engine: wireguard }';
tested('wg', 'wireguard-go')('wg finds its daemon in each host', async (t) => {
  await withLab(t, ['wg', wireguard], async (exec) => {
    for (const node of ['h1', 'h2']) {
      const { exitCode, stdout } = await exec(node, 'wg', 'show');
      t.is(exitCode, 0);
      t.is(stdout.match(/^peer: /gmu)?.length, 1, stdout);
    }
  });
});

tested('ovs-vsctl')('ovs-vsctl and ovs-ofctl find their daemons in each host', async (t) => {
  await withLab(t, ['ovs', '{ name: ovs-gre, stp: rstp }'], async (exec) => {
    for (const node of ['h1', 'h2']) {
      const { exitCode, stdout, stderr } = await exec(node, 'ovs-vsctl', 'show');
      t.is(exitCode, 0, stderr);
      t.regex(stdout, /Bridge br0/u);
      t.is((await exec(node, 'ovs-ofctl', 'show', 'br0')).exitCode, 0);
    }
  });
});

tested('bird')('birdc finds its daemon in each host', async (t) => {
  await withLab(t, ['bird', 'bgp'], async (exec) => {
    const names = await Promise.all(
      ['h1', 'h2'].map(async (node) => {
        const { exitCode, stdout } = await exec(node, 'birdc', 'show', 'protocols');
        t.is(exitCode, 0);
        return stdout;
      }),
    );
    t.true(names.every((text) => / BGP /u.test(text)));
    t.not(names[0], names[1]);
  });
});

tested('etcd', 'etcdctl')('etcdctl finds its daemon', async (t) => {
  await withLab(t, ['kv', '{ name: vxlan, forwarding: kv }'], async (exec) => {
    const { exitCode, stdout, stderr } = await exec('h1', 'etcdctl', 'get', '--prefix', '/netlab', '--keys-only');
    t.is(exitCode, 0, stderr);
    t.regex(stdout, /^\/netlab\/vxlan/mu);
  });
});
