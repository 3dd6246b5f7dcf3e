import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missing, missingRequirements, probe, probeCapabilities } from '#lab/capabilities.js';
import { knownBinaries, parseVersion, probeBinary } from '#lab/capabilities/binaries.js';
import { featureRemedy } from '#lab/capabilities/feature.js';
import { compareSnapshots } from '#lab/machine/comparison.js';
import { snapshotMachine } from '#lab/machine/snapshot.js';
import { isMachineRoot } from '#lab/machine/environment.js';
import test from 'ava';
import { isolated } from '../machine/isolated.js';

test.serial('the whole table: every feature and program has a verdict, every lack its reason and remedy', async (t) => {
  const { features, binaries, kernel } = await probeCapabilities();
  t.regex(kernel, /^\d+\.\d+/);
  t.true(features.length > 20);
  for (const { name, available, detail, remedy } of features) {
    t.is(available, detail === '', name);
    t.is(available, remedy === '', name);
  }
  t.is(binaries.length, Object.keys(knownBinaries).length);
  for (const { name, version, remedy } of binaries) t.is(version === undefined, remedy !== '', name);
});

test.serial('what every strategy needs is here', async (t) => {
  const { features, privilege } = await probe(['link:veth', 'link:bridge', 'link:vxlan', 'link:macvlan', 'nftables']);
  t.deepEqual(
    features.filter(({ available }) => !available),
    [],
  );
  t.is(privilege, isMachineRoot() ? 'root' : 'user namespace');
});

test.serial('trying leaves the machine as it was', async (t) => {
  const before = await snapshotMachine();
  await probeCapabilities();
  t.deepEqual(compareSnapshots(before, await snapshotMachine()), []);
});

test.serial('an unknown feature is refused, with those that are known', async (t) => {
  await t.throwsAsync(probe(['link:vxlam']), {
    message: /no kernel feature is called "link:vxlam"; there are .*link:vxlan/,
  });
});

test('in a sandbox it is found out without a further process, and nothing of it is seen there', async (t) => {
  const result = await isolated<{ features: { available: boolean }[]; links: string[] }>(`
    import { readFileSync } from 'node:fs';
    import { probe } from '#lab/capabilities.js';
    const { features } = await probe(['link:veth', 'link:bridge', 'link:macvlan', 'bridge:vlan-filtering', 'qdisc:tbf', 'nftables', 'openvswitch']);
    give({ features, links: readFileSync('/proc/net/dev', 'utf8').split('\\n').slice(2).map((line) => line.trim().split(':')[0]).filter(Boolean) });
  `);
  t.true(result.features.slice(0, 3).every(({ available }) => available));
  t.false(result.links.some((name) => /cable|new|veth/.test(name)));
});

test('what is missing names requirement, reason, the words of the kernel and the command', async (t) => {
  const lacks = await missingRequirements([
    { kind: 'link', name: 'veth', why: 'cables' },
    { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'masquerading' },
    { kind: 'binary', name: 'netlab-no-such', debianPackage: 'no-such', why: 'nothing' },
  ]);
  t.deepEqual(lacks, [
    {
      requirement: 'program netlab-no-such',
      why: 'nothing',
      detail: 'no such program',
      remedy: 'sudo apt-get install no-such',
    },
  ]);
});

test('missing is a pure function of what was found', (t) => {
  const userNamespaces = { available: true, detail: '', remedy: '' };
  const features = [
    { name: 'link:vxlan', available: true, detail: '', remedy: '' },
    {
      name: 'link:gre',
      available: false,
      detail: 'Unknown device type',
      remedy: 'load the module: sudo modprobe ip_gre',
    },
  ];
  const capabilities = { kernel: '6', privilege: 'root', userNamespaces, features, binaries: [] } as const;
  const requirements = [
    { kind: 'link', name: 'vxlan', why: 'a' },
    { kind: 'link', name: 'gre', why: 'b' },
    { kind: 'nftables', name: 'masquerade', why: 'c' },
  ] as const;
  t.deepEqual(missing(requirements, capabilities), [
    {
      requirement: 'link gre',
      why: 'b',
      detail: 'Unknown device type',
      remedy: 'load the module: sudo modprobe ip_gre',
    },
    { requirement: 'nftables masquerade', why: 'c', detail: 'was not tried', remedy: 'netlab doctor' },
  ]);
});

const versions: readonly (readonly [text: string, version: string])[] = [
  ['nftables v1.0.6 (Lester Gooch #5)', '1.0.6'],
  ['ip utility, iproute2-6.1.0, libbpf 1.1.0', '6.1.0'],
  ['ping from iputils 20221126', '20221126'],
  ['tcpdump version 4.99.3\nlibpcap version 1.10.3', '4.99.3'],
  ['iperf 3.12 (cJSON 1.7.15)', '3.12'],
  ['OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.15', '9.2p1'],
  ['BIRD version 2.0.12', '2.0.12'],
  ['BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.', '1.35.0'],
  ['Docker version 20.10.24+dfsg1, build 297e128', '20.10.24+dfsg1'],
  ['tinc version 1.0.36\n', '1.0.36'],
  ['usage: odd [-x]', 'installed'],
];

for (const [text, version] of versions) {
  test(`a version is read from ${JSON.stringify(text)}`, (t) => {
    t.is(parseVersion(text), version);
  });
}

test('a program that lacks a library is not there', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'netlab-program-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const program = (name: string, code: number): string => {
    writeFileSync(join(directory, name), `#!/bin/sh\necho "version 1.2"\nexit ${code}\n`, { mode: 0o755 });
    return join(directory, name);
  };
  t.is((await probeBinary(program('broken', 127))).version, undefined);
  t.is((await probeBinary(program('odd', 1))).version, '1.2');
});

test('a program is run for its version once', async (t) => {
  t.is(await probeBinary('nft'), await probeBinary('nft'));
});

test('the remedy for a kernel feature depends on the modules that there are', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'netlab-modules-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const list = join(directory, 'modules.dep');
  writeFileSync(list, 'kernel/net/ipv4/ip_gre.ko.xz: kernel/net/ipv4/gre.ko.xz\nkernel/drivers/net/geneve.ko:\n');
  t.is(featureRemedy({ module: 'ip_gre' }, list), 'load the module: sudo modprobe ip_gre');
  t.is(featureRemedy({ module: 'geneve' }, list), 'load the module: sudo modprobe geneve');
  t.regex(featureRemedy({ module: 'neve' }, list), /^not among this kernel's modules/);
  t.regex(featureRemedy({ module: 'vrf' }, join(directory, 'none')), /^this kernel has no loadable modules/);
  t.regex(featureRemedy({}, list), /^not in this kernel/);
});
