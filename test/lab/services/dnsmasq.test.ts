import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Supervisor } from '#lab/services/supervisor.js';
import type { ServiceState } from '#lab/state.js';
import test from 'ava';
import { bench } from './bench.js';

const here = existsSync('/usr/sbin/dnsmasq');
const onlyWithDnsmasq = here ? test : test.skip;

function dnsmasq(root: string): ServiceState {
  const conf = join(root, 'dnsmasq.conf');
  return {
    name: 'dns',
    argv: ['dnsmasq', '--no-daemon', `--conf-file=${conf}`],
    files: { [conf]: 'pid-file=\nno-resolv\nno-hosts\nlisten-address=127.0.0.1\nbind-interfaces\n' },
    ready: { kind: 'tcp', address: '127.0.0.1', port: 53 },
    readyTimeoutMs: 5000,
    stopGraceMs: 2000,
  };
}

onlyWithDnsmasq('dnsmasq in many nodes at once, each on the same port of its own', async (t) => {
  const nodes = Array.from({ length: 10 }, (_, index) => ({ name: `h${index}`, bench: bench(t) }));
  const common = nodes[0]?.bench.site;
  if (common === undefined) return t.fail();
  const supervisor = new Supervisor({ ...common, filesRoot: tmpdir() });
  const place = ({ name, bench: { site } }: (typeof nodes)[number]) => ({ node: name, namespace: site.namespace });
  await Promise.all(nodes.map((node) => supervisor.start(place(node), [dnsmasq(node.bench.root)])));
  t.is(supervisor.of('h3').length, 1);
  t.deepEqual(
    (await supervisor.stop('h3')).map(({ exit, killed }) => [exit, killed]),
    [[{ kind: 'exited', code: 0 }, false]],
  );
  t.deepEqual(await supervisor.stop('h3'), []);
  await supervisor.stopAll();
  t.deepEqual(
    nodes.flatMap((node) => node.bench.exits),
    [],
  );
});

onlyWithDnsmasq('two services of one name in a node are refused', async (t) => {
  const { site, root } = bench(t);
  const supervisor = new Supervisor(site);
  const state = dnsmasq(root);
  await t.throwsAsync(supervisor.start(site, [state, state]), { message: 'h1: two services are called dns' });
  await supervisor.stopAll();
});

onlyWithDnsmasq('a port in use is told in the words of dnsmasq', async (t) => {
  const { site, root } = bench(t);
  const supervisor = new Supervisor(site);
  const state = dnsmasq(root);
  const second = { ...state, name: 'dns2', ready: { kind: 'log', pattern: 'never' } } as const;
  await t.throwsAsync(supervisor.start(site, [state, second]), {
    message: /failed to create listening socket.*127\.0\.0\.1: Address already in use/,
  });
  await supervisor.stopAll();
});
