import test from 'ava';
import { parseSpanningTree } from '#lab/switches/spanning-tree-text.js';

const head = (root: string, isRoot: boolean): string => `---- br0 ----
Root ID:
  stp-priority    32768
  stp-system-id   ${root}
  stp-hello-time  2s
  stp-fwd-delay   15s
  ${isRoot ? 'This bridge is the root' : 'root-port       gre2\n  root-path-cost  2000'}

Bridge ID:
  stp-priority    32768
  stp-system-id   02:42:ac:11:2a:03
  stp-fwd-delay   15s

  Interface  Role       State      Cost     Pri.Nbr
  ---------- ---------- ---------- -------- -------
`;

test('what Open vSwitch 3.1 prints of STP', (t) => {
  const text = `${head('02:42:ac:11:2a:01', false)}  gre3       alternate  blocking   2     128.1
  gre2       root       learning   2     128.2
  gre4       disabled   disabled   2     128.3

`;
  const { ports, ...tree } = parseSpanningTree(text);
  t.deepEqual(tree, { bridgeMac: '02:42:ac:11:2a:03', rootMac: '02:42:ac:11:2a:01', isRoot: false });
  t.deepEqual(
    [...ports],
    [
      ['gre3', { role: 'alternate', portState: 'blocking' }],
      ['gre2', { role: 'root', portState: 'learning' }],
      ['gre4', { role: 'disabled', portState: 'disabled' }],
    ],
  );
});

test('RSTP discards where STP blocks, and where STP listens', (t) => {
  const text = `${head('02:42:ac:11:2a:03', true)}  gre3       Alternate  Discarding 2000     128.1
  gre2       Designated Discarding 2000     128.2
  gre1       Designated Forwarding 2000     128.3
`;
  const { isRoot, ports } = parseSpanningTree(text);
  t.true(isRoot);
  t.deepEqual(
    Array.from(ports, ([name, { portState }]) => `${name} ${portState}`),
    ['gre3 blocking', 'gre2 listening', 'gre1 forwarding'],
  );
});

test('nothing known is no port', (t) => {
  t.deepEqual([...parseSpanningTree('').ports], []);
});
