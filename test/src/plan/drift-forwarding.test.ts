import test from 'ava';
import type { ObservedFdbEntry, ObservedLink } from '#lab/lab.js';
import type { FdbState, VxlanLink } from '#lab/state.js';
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
  vxlan: { vni: 42, port: 4789, local: 'fd00::1', remote: 'fd00::2', learning: true },
};
const remoteEntry: ObservedFdbEntry = { link: 'vx0', mac: flood, destination: 'fd00::2', origin: 'static' };
const other: FdbState = { link: 'vx0', mac: flood, destination: 'FD00::3' };

test('a VXLAN device as planned', differs, { links: [vxlan] }, { links: [vxlanFound], fdb: [remoteEntry] }, []);
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
  ['neighbour suppression: on -> none', 'isolated: on -> off'],
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
