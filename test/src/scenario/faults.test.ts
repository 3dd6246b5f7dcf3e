import test from 'ava';
import { faultText } from '#src/scenario/fault.js';
import { problemsOf, read } from './read.js';

const withFaults = (...faults: readonly string[]): string =>
  `strategy: bridge-l2\nfaults:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`;

test('every fault, with its defaults, as the command line says it', (t) => {
  const { faults = [] } = read(
    withFaults(
      'link-down: { at: h1:eth1 }',
      'host-crash: { host: h2 }',
      'partition: { groups: [[h1, o1], [h2]] }',
      'loss: { at: h1:eth1, percent: 20 }',
      'rate: { at: r1:eth0, kbitPerSecond: 1000, direction: in }',
      'mtu: { at: r1:eth0, mtuBytes: 1300 }',
      'icmp-filtered: { node: r1 }',
      'daemon-killed: { node: h1, service: bird }',
    ),
  );
  t.deepEqual(faults.map(faultText), [
    'link-down h1:eth1 cable',
    'host-crash h2',
    'partition h1,o1 h2',
    'loss h1:eth1 20 out',
    'rate r1:eth0 1000 in',
    'mtu r1:eth0 1300',
    'icmp-filtered r1',
    'daemon-killed h1 bird',
  ]);
  t.is(read('strategy: bridge-l2\n').faults, undefined);
  t.is(read('strategy: dhcp\nfaults: [{ dhcp-gone: {} }]\n').faults?.length, 1);
});

for (const [fault, problem] of [
  ['link-dwn: { at: h1:eth1 }', /unknown key "link-dwn"; allowed: link-down, .*did you mean link-down\?/u],
  ['link-down: { on: h1:eth1 }', /unknown key "on"/u],
  ['link-down: { at: h1 }', /found "h1"; an interface of a node is written NODE:LINK/u],
  ['link-down: { at: h11:eth1 }', /there is no node h11; .*did you mean h1\?/u],
  ['link-down: { at: h1:eth1, how: cabel }', /found "cabel"; allowed: cable, interface; did you mean cable\?/u],
  ['host-crash: { host: o1 }', /there is no host o1; allowed: h1, h2/u],
  ['partition: { groups: [[h1, h2]] }', /a list of at least 2/u],
  ['partition: { groups: [[h1], [h1, h2]] }', /h1 is in two groups/u],
  ['partition: { groups: [[h1], [h1c1]] }', /there is no host or outsider h1c1/u],
  ['loss: { at: h1:eth1, percent: 0 }', /found 0; allowed: a number from 0\.1 to 100/u],
  ['rate: { at: h1:eth1, kbitPerSecond: 1 }', /found 1; allowed: a whole number from 8/u],
  ['icmp-filtered: { node: h9 }', /there is no node h9/u],
  ['dhcp-gone: {}', /this strategy has no DHCP server/u],
  ['{}', /found 0 faults in one entry; allowed: one, of link-down/u],
  ['{ dhcp-gone: {}, host-crash: { host: h1 } }', /found 2 faults in one entry/u],
] as const)
  test(`what is wrong with ${fault}`, (t) => {
    const problems = problemsOf(withFaults(fault));
    t.regex(problems.join('\n'), problem);
    for (const one of problems) t.regex(one, /^test\.yaml:3:\d+: faults\[0\]/u);
  });

test('a host crashes once', (t) => {
  t.regex(
    problemsOf(withFaults('host-crash: { host: h1 }', 'host-crash: { host: h1 }')).join('\n'),
    /:4:.*h1 has crashed already/u,
  );
});
