import test from 'ava';
import { cluster, problemsOf, read } from './read.js';

test('defaults: two hosts with two containers each, one outsider, IPv6, a switch with MTU 1500', (t) => {
  const { strategy, ...rest } = read('strategy: bridge-l2');
  t.deepEqual(rest, {
    name: 'test',
    cluster: {
      hosts: [
        { name: 'h1', containers: [{ name: 'h1c1' }, { name: 'h1c2' }] },
        { name: 'h2', containers: [{ name: 'h2c1' }, { name: 'h2c2' }] },
      ],
      outsiders: [{ name: 'o1' }],
      underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [] },
      ipv6: true,
    },
    expect: {},
    services: [],
    discovery: { kind: 'none', agents: 'host' },
    coverage: 'auto',
    tolerate: [],
  });
  t.is(strategy.name, 'bridge-l2');
});

test('what is written is kept, and a host may differ from the rest', (t) => {
  const scenario = read(`
name: mine
strategy: { name: bridge-l2, network: 10.2.0.0/16 }
cluster:
  hosts:
    - { name: left, containers: [{ name: web, address: 10.2.1.9, mac: 02-00-00-00-00-0A, mtu: 1400 }] }
    - { slice: 10.2.77.0/24, address: 10.2.0.7, mtu: 1450 }
  containers: 1
  outsiders: [{ name: printer, address: 10.2.255.9 }]
  underlay: { mtu: 9000, extraLinks: [[left, h2]] }
expect: { egress: absent }
only: [path-mtu]
coverage: covering
tolerate: [overlapping-slices]
`);
  t.like(scenario.strategy.parameters, { network: '10.2.0.0/16' });
  t.deepEqual(scenario.cluster.hosts, [
    { name: 'left', containers: [{ name: 'web', address: '10.2.1.9', mac: '02:00:00:00:00:0a', mtuBytes: 1400 }] },
    { name: 'h2', containers: [{ name: 'h2c1' }], slice: '10.2.77.0/24', address: '10.2.0.7', mtuBytes: 1450 },
  ]);
  t.deepEqual(scenario.cluster.outsiders, [{ name: 'printer', address: '10.2.255.9' }]);
  t.deepEqual(scenario.cluster.underlay, {
    kind: 'switch',
    family: 'ipv4',
    nat: [],
    mtuBytes: 9000,
    extraLinks: [['left', 'h2']],
  });
  t.like(scenario, { name: 'mine', expect: { egress: 'absent' }, only: ['path-mtu'], coverage: 'covering' });
});

test('all problems come at once, in the order of the file, each with its place', (t) => {
  const problems = problemsOf(`
strategy: { name: bridge-l2, netwrk: 10.2.0.0/16 }
cluster:
  hostss: 3
  hosts: 1000000000
  underlay: { kind: swich, extraLinks: [[h1]] }
expect: { egres: absent, egress: maybe }
only: [path-mtuu]
tolerate: overlapping-slices
`);
  t.deepEqual(
    problems.map((problem) => problem.replace(/; allowed.*(?=; did you mean)|; allowed.*/, '')),
    [
      'test.yaml:2:30: strategy.netwrk: unknown key "netwrk"; did you mean network?',
      'test.yaml:4:3: cluster.hostss: unknown key "hostss"; did you mean hosts?',
      'test.yaml:5:10: cluster.hosts: found 1000000000',
      'test.yaml:6:21: cluster.underlay.kind: found "swich"; did you mean switch?',
      'test.yaml:6:41: cluster.underlay.extraLinks[0]: found a list of 1',
      'test.yaml:7:11: expect.egres: unknown key "egres"; did you mean egress?',
      'test.yaml:7:34: expect.egress: found "maybe"',
      'test.yaml:8:8: only[0]: found "path-mtuu"; did you mean path-mtu?',
      'test.yaml:9:11: tolerate: found "overlapping-slices"',
    ],
  );
});

test('a broken field does not hide broken rules', (t) => {
  const problems = problemsOf(cluster('{ hosts: [{ mtu: 9000, nam: x }, { name: world }] }'));
  t.is(problems.length, 3);
  t.regex(problems.join('\n'), /beyond the wire.*\n.*unknown key "nam".*\n.*world is the name of a node/);
});

test('a parameter that is wrong by itself is told once', (t) => {
  for (const [name, value] of [
    ['slicePrefixLength', 31],
    ['slicePrefixLength', 4],
    ['network', '10.1.0.1/16'],
  ] as const) {
    const problems = problemsOf(`strategy: { name: bridge-l2, ${name}: ${value} }`);
    t.is(problems.length, 1, problems.join('\n'));
  }
});

const refusals: ReadonlyArray<readonly [title: string, text: string, expected: RegExp]> = [
  ['an empty file', '', /^test\.yaml:1:1: the file is empty; allowed: at least a strategy/],
  ['a file of comments', '# nothing\n', /^test\.yaml:1:1: the file is empty/],
  ['a list', '[1, 2]', /found a list of 2; allowed: a mapping with name, strategy/],
  [
    'no strategy',
    'cluster: { hosts: 2 }',
    /strategy: "strategy" is missing; allowed: bridge-l2, .*or a mapping with name.* and more/,
  ],
  ['a strategy without name', 'strategy: {}', /strategy\.name: "name" is missing/],
  ['an unknown strategy', 'strategy: bridge-l3', /:1:11: .*"bridge-l3"; allowed: bridge-l2.*did you mean bridge-l2\?/],
  [
    'a parameter of the wrong kind',
    'strategy: { name: bridge-l2, stp: maybe }',
    /:1:35: strategy\.stp: found "maybe"; allowed: true or false/,
  ],
  [
    'a network with host bits',
    'strategy: { name: bridge-l2, network: 10.1.0.1/16 }',
    /:1:39: .*the network is 10\.1\.0\.0\/16/,
  ],
  ['a network of the lab itself', 'strategy: { name: bridge-l2, network: 192.0.0.0/16 }', /which the lab uses between/],
  ['a cluster that is nothing', 'strategy: bridge-l2\ncluster:\n', /:2:9: cluster: found nothing; allowed: a mapping/],
  [
    'half a host',
    cluster('{ hosts: 2.5 }'),
    /found 2\.5; allowed: a whole number from 1 to 250, or a list of 1 to 250/,
  ],
  ['endless hosts', cluster('{ hosts: .inf }'), /found Infinity/],
  ['hosts that are no number', cluster('{ hosts: .nan }'), /found NaN/],
  ['no hosts', cluster('{ hosts: 0 }'), /found 0/],
  [
    'the booleans of YAML 1.1',
    '%YAML 1.1\n---\nstrategy: bridge-l2\ncluster: { ipv6: no }',
    /:4:18: cluster\.ipv6: found "no"/,
  ],
  [
    'an MTU too small for IPv4',
    cluster('{ underlay: { mtu: 67 } }'),
    /found 67; allowed: a whole number from 68 to 65535/,
  ],
  ['an IPv6 address by hand', cluster('{ hosts: [{ address: "fd00::1" }] }'), /it is not IPv4/],
  ['a slice with host bits', cluster('{ hosts: [{ slice: 10.1.1.5/24 }] }'), /the network is 10\.1\.1\.0\/24/],
  ['leading zeros', cluster('{ hosts: [{ address: 10.1.0.01 }] }'), /leading zeros/],
];
for (const [title, text, expected] of refusals) {
  test(`${title} is refused`, (t) => {
    t.regex(problemsOf(text).join('\n'), expected);
  });
}

for (const name of [
  'a b',
  '$(reboot)',
  '../x',
  'a/b',
  'a\nb',
  '-x',
  '.x',
  'a;b',
  "a'b",
  'ä',
  '',
  '\u001b[31m',
  'x'.repeat(64),
]) {
  test(`the name ${JSON.stringify(name)} is refused`, (t) => {
    const [problem = '', ...others] = problemsOf(cluster(`{ hosts: [{ name: ${JSON.stringify(name)} }] }`));
    t.regex(problem, /^test\.yaml:2:28: cluster\.hosts\[0\]\.name: found ".*"; a name has 1 to 63 letters/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach the terminal
    t.notRegex(problem, /[\u0000-\u001f]/);
    t.is(others.length, 0);
  });
}

test('a problem in a default that all hosts share is told once', (t) => {
  const problems = problemsOf(cluster('{ hosts: 9, containers: 300 }'));
  t.is(problems.length, 1);
  t.regex(problems[0] ?? '', /:2:34: .*h1's slice 10\.1\.1\.0\/24 holds 253 containers.*and 8 more like it/);
});
