import test from 'ava';
import { tolerableRules } from '#src/scenario/scenario.js';
import { cluster, problemsOf } from './read.js';

const hosts = (yaml: string) => cluster(`{ hosts: [${yaml}] }`);

/** Each with the rule that tolerates it, where there is one. */
const violations: ReadonlyArray<readonly [title: string, text: string, expected: RegExp, rule?: string]> = [
  ['two hosts of one name', hosts('{ name: a }, { name: a }'), /:2:41: .*two nodes named a/],
  ["a container named like another host's", hosts('{ containers: [{ name: h2c1 }] }, {}'), /two nodes named h2c1/],
  [
    'an outsider named like a host',
    cluster('{ outsiders: [{ name: h1 }] }'),
    /outsiders\[0\]\.name: .*two nodes named h1/,
  ],
  ['one name in the default of all hosts', cluster('{ containers: [{ name: web }] }'), /:2:33: .*two nodes named web/],
  ['a host named r1', hosts('{ name: r1 }'), /r1 is the name of a node that every lab has/],
  ['a host named sw0', hosts('{ name: sw0 }'), /sw0 is the name of a node that every lab has/],
  [
    'a cable to nowhere',
    cluster('{ underlay: { extraLinks: [[h1, h22]] } }'),
    /:2:42: .*no host h22; allowed: h1, h2; did you mean h2\?/,
  ],
  ['a cable to itself', cluster('{ underlay: { extraLinks: [[h1, h1]] } }'), /a cable from h1 to itself/],
  [
    'a cable twice',
    cluster('{ underlay: { extraLinks: [[h1, h2], [h2, h1]] } }'),
    /:2:47: .*a second cable between h2 and h1/,
  ],
  [
    'NAT where nobody routes',
    cluster('{ underlay: { nat: [h1] } }'),
    /underlay\.nat: without routers between the hosts nobody translates addresses; allowed: kind: routed/,
  ],
  [
    'NAT before a host that there is not',
    cluster('{ underlay: { kind: routed, nat: [h9] } }'),
    /no host h9; allowed: h1, h2/,
  ],
  [
    'a cable round the routers',
    cluster('{ underlay: { kind: routed, extraLinks: [[h1, h2]] } }'),
    /cables between hosts go round the routers/,
  ],
  [
    'an IPv6 underlay without IPv6',
    cluster('{ ipv6: false, underlay: { family: ipv6 } }'),
    /hosts cannot know each other by IPv6/,
  ],
  [
    'a service of nobody',
    'strategy: bridge-l2\nservices: [{ name: web, containers: [h1c9] }]',
    /:2:38: .*no container h1c9; allowed: h1c1, .*did you mean h1c1\?/,
  ],
  [
    'a service twice',
    'strategy: bridge-l2\nservices: [{ name: web, containers: [h1c1] }, { name: web, containers: [h1c1] }]',
    /two services named web/,
  ],
  [
    'an MTU that IPv6 cannot have',
    cluster('{ underlay: { mtu: 1200 } }'),
    /:2:29: .*1200 bytes cannot carry IPv6; allowed: at least 1280.*ipv6: false/,
  ],
  [
    "a container's MTU that IPv6 cannot have",
    hosts('{ containers: [{ mtu: 576 }] }'),
    /containers\[0\]\.mtu: .*576 bytes cannot carry IPv6/,
  ],
  [
    "a host's address beyond the network",
    hosts('{ address: 10.9.0.1 }'),
    /10\.9\.0\.1 is no node's address in the cluster network/,
  ],
  ["the network's own address", hosts('{ address: 10.1.0.0 }'), /10\.1\.0\.0 is no node's address/],
  [
    'the broadcast address',
    cluster('{ outsiders: [{ address: 10.1.255.255 }] }'),
    /10\.1\.255\.255 is no node's address/,
  ],
  [
    'a slice beyond the network',
    hosts('{ slice: 10.9.0.0/24 }'),
    /h1's slice 10\.9\.0\.0\/24 is not in the cluster network; allowed: parts of 10\.1\.0\.0\/16/,
  ],
  ['a slice wider than the network', hosts('{ slice: 10.0.0.0/8 }'), /is not in the cluster network/],
  [
    'more hosts than the scheme has addresses for',
    'strategy: { name: bridge-l2, slicePrefixLength: 28 }\ncluster: { hosts: 15, containers: 1 }',
    /:2:19: cluster\.hosts: 15 hosts; allowed: at most 14 in 10\.1\.0\.0\/16 with slices of prefix length 28/,
  ],
  [
    'a slice of another host',
    hosts('{ slice: 10.1.2.0/24 }, {}'),
    /:2:29: .*h1's slice 10\.1\.2\.0\/24 overlaps h2's slice/,
    'overlapping-slices',
  ],
  [
    'a slice twice',
    hosts('{ slice: 10.1.9.0/24 }, { slice: 10.1.9.128/25 }'),
    /:2:53: .*h2's slice 10\.1\.9\.128\/25 overlaps h1's/,
    'overlapping-slices',
  ],
  [
    'a slice over the hosts',
    hosts('{ slice: 10.1.0.0/24 }, {}'),
    /holds 10\.1\.0\.2, the address of h2/,
    'overlapping-slices',
  ],
  [
    'a slice over the outsiders',
    hosts('{ slice: 10.1.255.0/24 }'),
    /holds 10\.1\.255\.1, the address of o1/,
    'overlapping-slices',
  ],
  [
    'a host in a slice',
    hosts('{ address: 10.1.2.9 }, {}'),
    /:2:31: .*h2's slice 10\.1\.2\.0\/24 holds 10\.1\.2\.9/,
    'overlapping-slices',
  ],
  [
    'an address of no slice',
    hosts('{ containers: [{ address: 10.1.2.9 }] }, {}'),
    /:2:46: .*10\.1\.2\.9 is not in h1's slice; allowed: 10\.1\.1\.0\/24 holds/,
    'address-outside-slice',
  ],
  [
    'an address twice',
    hosts('{ containers: [{ address: 10.1.1.9 }, { address: 10.1.1.9 }] }'),
    /10\.1\.1\.9 belongs to both h1c1 and h1c2/,
    'duplicate-address',
  ],
  [
    "another host's address",
    hosts('{ address: 10.1.0.2 }, {}'),
    /:2:31: .*10\.1\.0\.2 belongs to both h2 and h1/,
    'duplicate-address',
  ],
  [
    'a MAC twice',
    hosts('{ containers: [{ mac: "02:00:00:00:00:01" }, { mac: "02:00:00:00:00:01" }] }'),
    /belongs to both h1c1 and h1c2/,
    'duplicate-address',
  ],
  [
    "another container's MAC",
    hosts('{ containers: [{ mac: "02:42:0a:01:01:03" }, {}] }'),
    /02:42:0a:01:01:03 belongs to both h1c2 and h1c1/,
    'duplicate-address',
  ],
  [
    'too many containers',
    cluster('{ containers: 254 }'),
    /254 containers are too many: h1's slice 10\.1\.1\.0\/24 holds 253 containers/,
    'slice-too-small',
  ],
  [
    'too many for a small slice',
    hosts('{ slice: 10.1.9.0/30, containers: 2 }'),
    /:2:54: .*holds 1 container, 10\.1\.9\.2/,
    'slice-too-small',
  ],
  [
    'too many beside a written one',
    hosts('{ slice: 10.1.9.0/30, containers: [{ address: 10.1.9.2 }, {}] }'),
    /1 containers are too many.*1 of them taken by hand-written addresses/,
    'slice-too-small',
  ],
  [
    "a host's MTU beyond the wire",
    hosts('{ mtu: 9000 }'),
    /9000 bytes is beyond the wire's 1500; allowed: at most 1500/,
    'mtu-beyond-wire',
  ],
  [
    "a container's MTU beyond the wire",
    hosts('{ containers: [{ mtu: 1501 }] }'),
    /1501 bytes is beyond the wire's 1500/,
    'mtu-beyond-wire',
  ],
  [
    "a container's MTU beyond its host's",
    hosts('{ mtu: 1400, containers: [{ mtu: 1500 }] }'),
    /beyond its host's 1400/,
    'mtu-beyond-wire',
  ],
];

for (const [title, text, expected, rule] of violations) {
  test(`${title} is refused${rule === undefined ? '' : ', and tolerated when asked'}`, (t) => {
    const problems = problemsOf(text);
    t.is(problems.length, 1, problems.join('\n'));
    t.regex(problems[0] ?? '', expected);
    const tolerant = problemsOf(
      `${text}tolerate: [${rule ?? tolerableRules.join(', ')}]\n`.replace(/\}tolerate/, '}\ntolerate'),
    );
    t.is(tolerant.length, rule === undefined ? 1 : 0, tolerant.join('\n'));
    if (rule !== undefined) t.true(problems[0]?.includes(`tolerate: [${rule}] allows it`));
  });
}

test('what only looks like a violation is none', (t) => {
  const fine = [
    hosts('{ address: 10.1.1.1, containers: 253 }'),
    hosts('{ slice: 10.1.7.0/24, containers: [{ address: 10.1.7.2 }, {}] }'),
    cluster('{ ipv6: false, underlay: { mtu: 576 } }'),
    hosts('{ mtu: 1400 }, {}'),
    cluster('{ hosts: 250, containers: 1 }'),
    cluster('{ hosts: 1, containers: 0, outsiders: 0 }'),
  ];
  for (const text of fine) t.deepEqual(problemsOf(text), [], text);
});
