import test from 'ava';
import { emptyNode, type NodeState, type SwitchBridge } from '#lab/state.js';
import type { ObservedSwitch } from '#lab/switches.js';
import { switchDrift } from '#src/plan/drift-switch.js';

const bridge: SwitchBridge = {
  name: 'br0',
  spanningTree: 'stp',
  forwardDelaySeconds: 15,
  ports: [{ name: 'gre1', peer: { node: 'h2', link: 'gre1' }, type: 'gre', options: { remote_ip: '172.16.0.2' } }],
};
const host: NodeState = {
  ...emptyNode('h1', 'host'),
  services: [
    {
      name: 'ovs-vswitchd',
      argv: ['ovs-vswitchd'],
      ready: { kind: 'started' },
      readyTimeoutMs: 1,
      stopGraceMs: 1,
      switch: { program: 'openvswitch', folder: '/run/x', bridges: [bridge] },
    },
  ],
};
const asPlanned: ObservedSwitch = {
  name: 'br0',
  spanningTree: { protocol: 'stp', bridgeMac: '', rootMac: '', isRoot: true },
  ports: [{ name: 'gre1', type: 'gre', options: { remote_ip: '172.16.0.2' }, portState: 'forwarding' }],
};

for (const [title, found, expected] of [
  ['as planned', asPlanned, []],
  ['no tree', { name: 'br0', ports: asPlanned.ports }, ['h1:br0: spanning tree is off, planned stp']],
  ['no port', { ...asPlanned, ports: [] }, ['h1:gre1: port is none, planned gre']],
  [
    'a key that nobody planned',
    { ...asPlanned, ports: [{ name: 'gre1', type: 'gre', options: { remote_ip: '172.16.0.9', key: '7' } }] },
    ['h1:gre1: remote_ip is 172.16.0.9, planned 172.16.0.2', 'h1:gre1: key is 7, planned none'],
  ],
  [
    'another port',
    { ...asPlanned, ports: [...asPlanned.ports, { name: 'gre9', type: 'gre', options: {} }] },
    ['h1:gre9: port of br0 is gre, planned none'],
  ],
  [
    'a daemon that is gone',
    { name: 'br0', ports: [], problem: 'it does not answer' },
    ['h1:br0: switch is unknown: it does not answer, planned a bridge'],
  ],
] as const)
  test(title, (t) => {
    const drift = switchDrift(host, [found]);
    t.deepEqual(
      drift.map(({ where, what, found: seen, planned }) => `${where}: ${what} is ${seen}, planned ${planned}`),
      [...expected],
    );
  });

test('a node without switches has none that differ', (t) => {
  t.deepEqual(switchDrift(emptyNode('h1', 'host'), []), []);
});
