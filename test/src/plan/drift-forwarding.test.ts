import test from 'ava';
import type { ObservedFdbEntry, ObservedLink } from '#lab/lab.js';
import type { FdbState, ServiceState, VxlanLink } from '#lab/state.js';
import { differs } from './differences.js';

const flood = '00:00:00:00:00:00';
const vxlan: VxlanLink = {
  kind: 'vxlan',
  name: 'vx0',
  vni: 42,
  port: 4789,
  local: 'FD00::1',
  remote: 'fd00::2',
  addresses: [],
};
const vxlanFound: ObservedLink = {
  name: 'vx0',
  index: 3,
  kind: 'vxlan',
  mac: '02:00:00:00:00:01',
  mtuBytes: 1450,
  up: true,
  running: true,
  addresses: [],
  rxPackets: 0,
  txPackets: 0,
  queueing: 'noqueue',
  vxlan: { vni: 42, port: 4789, local: 'fd00::1', remote: 'fd00::2', learning: true },
};
const remoteEntry: ObservedFdbEntry = { link: 'vx0', mac: flood, destination: 'fd00::2', origin: 'static' };
const other: FdbState = { link: 'vx0', mac: flood, destination: 'FD00::3' };

const peer = { link: 'vx0', mac: '02:00:00:00:00:02', destination: '192.0.2.2' } as const;
const agent: ServiceState = {
  name: 'vxlan-agent',
  argv: ['netlab:vxlan-agent'],
  ready: { kind: 'started' },
  readyTimeoutMs: 1,
  stopGraceMs: 1,
  forwarding: {
    link: 'vx0',
    learns: [{ ...peer, mac: flood }, peer],
    knows: [{ ...peer, mac: '02:00:00:00:00:22' }],
  },
};
const told: ObservedFdbEntry[] = [
  { ...peer, mac: flood, origin: 'external' },
  { ...peer, origin: 'external' },
  { ...peer, mac: '02:00:00:00:00:33', origin: 'external' },
  { ...peer, mac: '02:00:00:00:00:22', destination: '192.0.2.9', origin: 'learned' },
];
test(
  'what a control plane has put there as planned, and of a container that nobody planned',
  differs,
  { services: [agent] },
  { fdb: told },
  [],
);
test('a control plane that knows nobody yet', differs, { services: [agent] }, {}, [
  `forwarding entry of vxlan-agent: ${flood} dev vx0 dst 192.0.2.2 -> none`,
  'forwarding entry of vxlan-agent: 02:00:00:00:00:02 dev vx0 dst 192.0.2.2 -> none',
]);
test(
  'a control plane that says the wrong host, and one that is none',
  differs,
  { services: [agent] },
  {
    fdb: [
      ...told,
      { ...peer, mac: '02:00:00:00:00:22', destination: '192.0.2.9', origin: 'external' },
      { ...peer, mac: '02:00:00:00:00:44', destination: '192.0.2.9', origin: 'external' },
    ],
  },
  [
    'forwarding entry of vxlan-agent: none -> 02:00:00:00:00:22 dev vx0 dst 192.0.2.9',
    'forwarding entry of vxlan-agent: none -> 02:00:00:00:00:44 dev vx0 dst 192.0.2.9',
  ],
);

test('a VXLAN device as planned', differs, { links: [vxlan] }, { links: [vxlanFound], fdb: [remoteEntry] }, []);
for (const [who, queueing, expected] of [
  ['a queueing discipline that somebody added', 'netem', ['queueing discipline: noqueue -> netem']],
  ['a kernel that does not say how a link queues', '', []],
] as const) {
  const found = { links: [{ ...vxlanFound, queueing }], fdb: [remoteEntry] };
  test(who, differs, { links: [vxlan] }, found, expected);
}
test(
  'a link of whatever kind a daemon makes',
  differs,
  { links: [{ kind: 'daemon', name: 'vx0', service: 'tunnel', addresses: [] }] },
  { links: [vxlanFound] },
  [],
);
test(
  'a VXLAN device made anew by somebody',
  differs,
  { links: [{ ...vxlan, learning: false }] },
  { links: [{ ...vxlanFound, vxlan: { vni: 43, port: 8472, learning: true } }], fdb: [remoteEntry] },
  [
    'VNI: 42 -> 43',
    'UDP port: 4789 -> 8472',
    'local: fd00::1 -> none',
    'remote: fd00::2 -> none',
    'learning: off -> on',
  ],
);
test(
  'a port that is no longer isolated, on a kernel that knows no neighbour suppression',
  differs,
  { links: [{ ...vxlan, bridgePort: { isolated: true, neighSuppress: true } }] },
  { links: [{ ...vxlanFound, bridgePort: { isolated: false, hairpin: true } }], fdb: [remoteEntry] },
  ['hairpin: off -> on', 'neighbour suppression: on -> none', 'isolated: on -> off'],
);
test(
  'a VTEP that is no longer flooded to, and one that nobody planned',
  differs,
  { links: [vxlan], fdb: [other] },
  { links: [vxlanFound], fdb: [remoteEntry, { ...remoteEntry, destination: 'fd00::9' }] },
  [
    'forwarding entry: 00:00:00:00:00:00 dev vx0 dst fd00::3 -> none',
    'forwarding entry: none -> 00:00:00:00:00:00 dev vx0 dst fd00::9',
  ],
);
test(
  'what was learned, what is for the host itself and what a control plane set is no difference',
  differs,
  { fdb: [{ link: 'eth0', mac: '02:00:00:00:00:AA' }] },
  {
    fdb: [
      { link: 'eth0', mac: '02:00:00:00:00:aa', origin: 'static' },
      { link: 'eth0', mac: '02:00:00:00:00:01', origin: 'local' },
      { link: 'eth0', mac: '02:00:00:00:00:02', origin: 'learned' },
      { link: 'eth0', mac: '02:00:00:00:00:03', origin: 'external' },
    ],
  },
  [],
);
test(
  'an entry that was to be static and is only learned',
  differs,
  { fdb: [{ link: 'eth0', mac: '02:00:00:00:00:aa' }] },
  { fdb: [{ link: 'eth0', mac: '02:00:00:00:00:aa', origin: 'learned' }] },
  ['forwarding entry: 02:00:00:00:00:aa dev eth0 -> none'],
);
