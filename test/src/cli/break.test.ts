/** netlab break and netlab mend, and faults in scenarios. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { netlab, temporaryFolder } from '../../support/cli.js';

test.serial('break and mend: what is told, what is refused, what is listed', async (t) => {
  const up = await netlab(['up', 'bridge-l2', '--name', 'faulty']);
  t.is(up.exitCode, 0, up.stderr);
  try {
    const refused = [
      [['link-dwn', 'h1:eth1'], /there is no fault "link-dwn"; did you mean link-down\?/u],
      [['link-down', 'h1'], /NODE:LINK, as in h1:eth1/u],
      [['link-down', 'h1:eth9'], /h1 has no interface "eth9"[^]*It has: br0, eth1/u],
      [['link-down', 'h1:br0'], /h1:br0 is the end of no cable/u],
      [['loss', 'h1:eth1', '200'], /percent: found 200; allowed: a number from 0\.1 to 100/u],
      [['loss', 'h1:eth1', '20', 'up'], /direction: found "up"; allowed: in, out/u],
      [['mtu', 'h1:eth1'], /"mtuBytes" is missing/u],
      [
        ['mtu', 'h1:br0', '1400'],
        /h1:br0 is a bridge[^]*never follows its ports again[^]*Shrink one of its ports[^]*eth1/u,
      ],
      [['host-crash', 'h9'], /there is no host "h9"[^]*Hosts: h1, h2/u],
      [['host-crash', 'h1', 'h2'], /there are too many words/u],
      [['partition', 'h1', 'h1'], /h1 is in two groups/u],
      [['daemon-killed', 'h1', 'bird'], /h1 runs no service "bird"[^]*It runs none/u],
      [['dhcp-gone'], /there is no DHCP server/u],
    ] as const;
    for (const [words, message] of refused) {
      const { exitCode, stdout, stderr } = await netlab(['break', 'faulty', ...words]);
      t.is(exitCode, 2, words.join(' '));
      t.is(stdout, '');
      t.regex(stderr, message);
      t.notRegex(stderr, /netlab mend/u, 'nothing is broken: there is nothing to mend');
    }
    t.is((await netlab(['break', 'nowhere', 'dhcp-gone'])).exitCode, 2);
    t.regex((await netlab(['break', 'faulty'])).stdout, /nothing is broken/u);
    const cut = await netlab(['break', 'faulty', 'link-down', 'h1:eth1']);
    t.is(cut.exitCode, 0, cut.stderr);
    t.regex(cut.stdout, /link-down h1:eth1 cable: the cable between h1:eth1 and sw1:to-h1 has no carrier/u);
    t.notRegex(cut.stdout, /^[x✖]/mu);
    const again = await netlab(['break', 'faulty', 'link-down', 'h1:eth1']);
    t.is(again.exitCode, 2);
    t.regex(again.stderr, /link-down h1:eth1 cable: that is broken already[^]*netlab mend faulty/u);
    const same = await netlab(['break', 'faulty', 'link-down', 'sw1:to-h1', 'interface']);
    t.is(same.exitCode, 2);
    t.regex(same.stderr, /link-down h1:eth1 cable has changed the cable between h1:eth1 and sw1:to-h1 already/u);
    const crash = await netlab(['break', 'faulty', 'host-crash', 'h2', '--json']);
    t.like(JSON.parse(crash.stdout), { fault: 'host-crash h2', spec: { fault: 'host-crash', host: 'h2' } });
    t.is((JSON.parse((await netlab(['break', 'faulty', '--json'])).stdout) as unknown[]).length, 2);
    const gone = await netlab(['break', 'faulty', 'mtu', 'h2:eth1', '1400']);
    t.is(gone.exitCode, 2);
    t.regex(gone.stderr, /h2 is not there now: its host has crashed/u);
    const inside = [
      ['exec', 'h2', '--', 'true'],
      ['shell', 'h2c1'],
      ['capture', 'h2:eth1', '--count', '1'],
    ] as const;
    for (const [command, node, ...more] of inside) {
      const { exitCode, stderr } = await netlab([command, 'faulty', node, ...more]);
      t.is(exitCode, 2, stderr);
      t.regex(stderr, /: h2(?:c1)? is not there now: its host has crashed[^]*netlab mend faulty/u);
    }
    const nobody = await netlab(['exec', 'faulty', 'h22', '--', 'true']);
    t.is(nobody.exitCode, 2);
    t.regex(nobody.stderr, /lab faulty has no node "h22"; did you mean h2\?[^]*netlab inspect faulty/u);
    const inspected = await netlab(['inspect', 'faulty']);
    t.regex(inspected.stdout, /link-down h1:eth1 cable: [^]*not there now: h2, h2c1, h2c2/u);
    const verified = await netlab(['verify', 'faulty', '--only', 'container-to-container', '--json']);
    t.is((JSON.parse(verified.stdout) as { faults: unknown[] }).faults.length, 2);
    const unknown = await netlab(['mend', 'faulty', 'loss']);
    t.is(unknown.exitCode, 2);
    t.regex(unknown.stderr, /Broken is: link-down h1:eth1 cable; host-crash h2/u);
    t.regex(
      (await netlab(['mend', 'faulty', 'host-crash'])).stdout,
      /host-crash h2 is mended: h2, h2c1 and h2c2 are back/u,
    );
    t.regex((await netlab(['mend', 'faulty'])).stdout, /link-down h1:eth1 cable is mended/u);
    t.regex((await netlab(['mend', 'faulty'])).stdout, /nothing was broken/u);
    t.regex((await netlab(['inspect', 'faulty'])).stdout, /as planned/u);
    t.is((await netlab(['exec', 'faulty', 'sw1', '--', 'ip', 'link', 'del', 'to-h1'])).exitCode, 0);
    for (const [fault, at, ...more] of [
      ['link-down', 'sw1:to-h1'],
      ['mtu', 'sw1:to-h1', '1400'],
      ['rate', 'sw1:to-h1', '1000'],
      ['loss', 'sw1:to-h1', '20'],
    ] as const) {
      const { exitCode, stderr } = await netlab(['break', 'faulty', fault, at, ...more]);
      t.is(exitCode, 2, stderr);
      t.regex(stderr, new RegExp(`${fault} [^]*sw1:to-h1 is not there now\\s[^]*sw1 has now: [^]*to-h2`, 'u'));
      t.notRegex(stderr, /netlab mend/u);
    }
  } finally {
    t.is((await netlab(['down', 'faulty'])).exitCode, 0);
  }
});

test.serial(
  'what is broken already cannot be broken once more, at the same moment or in another measure',
  async (t) => {
    const up = await netlab(['up', 'bridge-l2', '--name', 'twice']);
    t.is(up.exitCode, 0, up.stderr);
    try {
      // The proof of a rate takes long enough for both commands to begin before it.
      const rate = ['break', 'twice', 'rate', 'h1:eth1', '1000'];
      const both = await Promise.all([netlab(rate), netlab(rate)]);
      t.deepEqual(
        both.map(({ exitCode }) => Number(exitCode)).toSorted((a, b) => a - b),
        [0, 2],
        both.map(({ stderr }) => stderr).join(''),
      );
      const loss = (at: string, percent: string, direction: string) =>
        netlab(['break', 'twice', 'loss', at, percent, direction]);
      t.is((await loss('h1:eth1', '100', 'in')).exitCode, 0);
      for (const other of [await loss('h1:eth1', '1', 'in'), await loss('sw1:to-h1', '1', 'out')]) {
        t.is(other.exitCode, 2);
        t.regex(other.stderr, /loss h1:eth1 100 in has changed what comes in by h1:eth1 already[^]*netlab mend twice/u);
      }
      t.regex((await netlab(['break', 'twice'])).stdout, /loss h1:eth1 100 in: h1:eth1 dropped 400 of 400/u);
    } finally {
      t.is((await netlab(['down', 'twice'])).exitCode, 0);
    }
  },
);

test.serial('faults of a scenario are there while its promises are measured', async (t) => {
  const cwd = temporaryFolder();
  const write = (text: string): string => {
    const file = join(cwd, 'faulty.yaml');
    writeFileSync(file, text);
    return file;
  };
  const faults = 'faults:\n  - link-down: { at: h2:eth1 }\n  - loss: { at: h1:eth0, percent: 100, direction: in }\n';
  const file = write(`strategy: bridge-l2\ncluster: { ipv6: false }\n${faults}`);
  const { exitCode, stdout } = await netlab(['run', file, '--only', 'container-to-container,egress', '--json']);
  t.is(exitCode, 1);
  const result = JSON.parse(stdout) as {
    readonly faults: ReadonlyArray<{ readonly fault: string }>;
    readonly phases: ReadonlyArray<{ readonly name: string }>;
    readonly promises: ReadonlyArray<{ readonly cell: string }>;
  };
  t.deepEqual(
    result.faults.map(({ fault }) => fault),
    ['link-down h2:eth1 cable', 'loss h1:eth0 100 in'],
  );
  t.true(result.phases.some(({ name }) => name === 'break'));
  t.deepEqual(
    result.promises.map(({ cell }) => cell),
    ['BROKEN', 'BROKEN'],
  );
  const wrong = await netlab(['plan', write('strategy: bridge-l2\nfaults: [{ link-down: { at: h1:eth9 } }]\n')]);
  t.is(wrong.exitCode, 2);
  t.regex(wrong.stderr, /faulty\.yaml: faults\[0\]\.link-down: h1 has no interface "eth9"/u);
  const twice =
    'strategy: bridge-l2\nfaults: [{ mtu: { at: h1:eth1, mtuBytes: 1400 } }, { mtu: { at: h1:eth1, mtuBytes: 1300 } }]\n';
  const changedTwice = await netlab(['plan', write(twice)]);
  t.is(changedTwice.exitCode, 2);
  t.regex(changedTwice.stderr, /faults\[1\]\.mtu: mtu h1:eth1 1400 has changed the MTU of h1:eth1 already/u);
});
