import test from 'ava';
import { groupViews } from '#src/readiness/group-views.js';
import { groupScenarios } from '#src/plan/groups.js';
import { schemeOfGroup, addressingFor } from '#src/cluster/addressing.js';
import { planTables } from '#src/plan/render-table.js';
import { makePlan } from '#src/plan/make-plan.js';
import { findStrategy } from '#src/strategy/index.js';
import { problemsOf } from '../scenario/read.js';
import { scenario } from '../cluster/scenarios.js';

const container = (name: string, ...groups: string[]) => (groups.length === 0 ? { name } : { name, groups });
const grouped = scenario({
  hosts: [
    { name: 'h1', containers: [container('shop', 'a'), container('gate', 'a', 'b')] },
    { name: 'h2', containers: [container('mail', 'b'), container('rest')] },
  ],
});
const plan = makePlan({ ...grouped, strategy: { name: 'vxlan', parameters: {} } }, findStrategy('vxlan'));

test('a scenario without groups is one, without a name', (t) => {
  t.deepEqual(groupScenarios(scenario()), [{ scenario: scenario() }]);
});

test('groups are numbered as they are named; who names none is in the default one', (t) => {
  t.deepEqual(
    groupScenarios(grouped).map(({ group, scenario: own }) => [
      group?.name,
      group?.index,
      own.cluster.hosts.flatMap(({ containers }) =>
        containers.map(({ name, interfaceNumber }) => `${name}:${interfaceNumber}`),
      ),
    ]),
    [
      ['a', 0, ['shop:0', 'gate:0']],
      ['b', 1, ['gate:1', 'mail:0']],
      ['default', 2, ['rest:0']],
    ],
  );
});

test('each group has the next network, in both families', (t) => {
  const scheme = (index: number) => schemeOfGroup(addressingFor({ network: '10.3.0.0/16' }), index);
  t.deepEqual(
    [0, 1, 2].map((index) => [scheme(index).network, scheme(index).ipv6Network]),
    [
      ['10.3.0.0/16', 'fd00:10:3::/64'],
      ['10.4.0.0/16', 'fd00:10:3:1::/64'],
      ['10.5.0.0/16', 'fd00:10:3:2::/64'],
    ],
  );
  t.throws(() => scheme(300));
});

test('one lab of all groups: an interface in each, one default route', (t) => {
  const gate = plan.nodes.find(({ name }) => name === 'gate');
  t.deepEqual(
    gate?.links.map(({ name, addresses }) => [name, addresses[0]]),
    [
      ['eth0', '10.3.1.3/16'],
      ['eth1', '10.4.1.2/16'],
    ],
  );
  t.deepEqual(
    gate?.routes.map(({ via }) => via),
    ['10.3.0.1', 'fd00:10:3:0:10:3:0:1'],
  );
  const bridges = plan.nodes.find(({ name }) => name === 'h1')?.links.filter(({ kind }) => kind === 'bridge');
  t.deepEqual(
    bridges?.map(({ name, addresses }) => [name, addresses[0]]),
    [
      ['br0', '10.3.0.1/16'],
      ['br1', '10.4.0.1/16'],
      ['br2', '10.5.0.1/16'],
    ],
  );
  t.deepEqual(
    plan.cluster.hosts.flatMap(({ containers }) => containers.map(({ name, ipv4 }) => `${name} ${ipv4}`)),
    ['shop 10.3.1.2', 'gate 10.3.1.3', 'mail 10.4.2.2', 'rest 10.5.2.2'],
  );
});

test('each group sees its own members at its own addresses', (t) => {
  t.deepEqual(
    groupViews(plan).map(({ group, endpoints }) => [
      group?.name,
      endpoints.filter(({ role }) => role === 'container').map(({ node, link, ipv4 }) => `${node}:${link} ${ipv4}`),
    ]),
    [
      ['a', ['shop:eth0 10.3.1.2', 'gate:eth0 10.3.1.3']],
      ['b', ['gate:eth1 10.4.1.2', 'mail:eth0 10.4.2.2']],
      ['default', ['rest:eth0 10.5.2.2']],
    ],
  );
});

test('the plan shows the members of each group with their addresses there', (t) => {
  t.deepEqual(planTables(plan).find(({ title }) => title === 'Groups')?.rows, [
    ['a', '10.3.0.0/16', 'shop:eth0', '10.3.1.2', 'fd00:10:3:0:10:3:1:2'],
    ['a', '10.3.0.0/16', 'gate:eth0', '10.3.1.3', 'fd00:10:3:0:10:3:1:3'],
    ['b', '10.4.0.0/16', 'gate:eth1', '10.4.1.2', 'fd00:10:3:1:10:4:1:2'],
    ['b', '10.4.0.0/16', 'mail:eth0', '10.4.2.2', 'fd00:10:3:1:10:4:2:2'],
    ['default', '10.5.0.0/16', 'rest:eth0', '10.5.2.2', 'fd00:10:3:2:10:5:2:2'],
  ]);
});

const file = (strategy: string, members: string) =>
  `strategy: ${strategy}\ncluster: { hosts: [{ containers: [${members}] }] }\n`;
const refusals: ReadonlyArray<readonly [string, string, RegExp]> = [
  [
    'a strategy without groups',
    file('bridge-l2', '{ groups: [a] }'),
    /:2:45: cluster.*groups: bridge-l2 has one network for all containers, and keeps no groups apart; allowed: groups with vxlan, ovs-gre, encrypted-overlay/u,
  ],
  [
    'a variant without groups',
    file('{ name: encrypted-overlay, bridge: own }', '{ groups: [a] }'),
    /encrypted-overlay has one network for all containers with these parameters/u,
  ],
  ['a group twice', file('vxlan', '{ groups: [a, a] }'), /it names the group a twice/u],
  [
    'an address by hand',
    file('vxlan', '{ groups: [a], address: 10.3.1.9 }'),
    /address: members of groups get it from their groups/u,
  ],
  ['a group that is no name', file('vxlan', '{ groups: ["A B"] }'), /lower case letters, digits/u],
];
for (const [title, text, expected] of refusals)
  test(`refused: ${title}`, (t) => {
    t.regex(problemsOf(text).join('\n'), expected);
  });
