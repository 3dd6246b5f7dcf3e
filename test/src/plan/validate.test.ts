import { emptyNode, type LinkState, type NodeState, type VethLink } from '#lab/state.js';
import test from 'ava';
import { planProblems } from '#src/plan/validate.js';
import { plan } from './plans.js';

function veth(name: string, peerNode: string, peerLink: string, more: Partial<VethLink> = {}): VethLink {
  return { kind: 'veth', name, addresses: [], peer: { node: peerNode, link: peerLink }, ...more };
}

function outsider(name: string, links: readonly LinkState[], more: Partial<NodeState> = {}): NodeState {
  return { ...emptyNode(name, 'outsider'), links, ...more };
}

/** Two nodes with a cable between them, the first changed. */
function pair(change: Partial<NodeState>): readonly NodeState[] {
  return [outsider('a', [veth('eth0', 'b', 'eth0')], change), outsider('b', [veth('eth0', 'a', 'eth0')])];
}

const finds = test.macro((t, nodes: readonly NodeState[], expected: readonly string[]) => {
  t.deepEqual(
    planProblems(nodes).map(({ where, message }) => `${where}: ${message}`),
    expected,
  );
});

test('a sound pair of nodes', finds, pair({}), []);
test('a sound plan', finds, plan().nodes, []);
test(
  'a cable into nothing',
  finds,
  [outsider('a', [veth('eth0', 'b', 'eth0')])],
  ['a:eth0: its other end b:eth0 does not exist'],
);
test(
  'a cable whose other end leads elsewhere',
  finds,
  [
    outsider('a', [veth('eth0', 'b', 'eth0')]),
    outsider('b', [veth('eth0', 'c', 'eth0')]),
    outsider('c', [veth('eth0', 'b', 'eth0')]),
  ],
  ['a:eth0: its other end b:eth0 names c:eth0 as the end of its cable'],
);
test(
  'a cable into a bridge',
  finds,
  [
    outsider('a', [veth('eth0', 'b', 'br0')]),
    outsider('b', [{ kind: 'bridge', name: 'br0', stp: false, forwardDelaySeconds: 0, addresses: [] }]),
  ],
  ['a:eth0: its other end b:br0 is a bridge, no veth'],
);
test('a master that does not exist', finds, pair({ links: [veth('eth0', 'b', 'eth0', { master: 'br0' })] }), [
  'a:eth0: its master br0 does not exist',
]);
test(
  'a master that is no bridge',
  finds,
  pair({
    links: [veth('eth0', 'b', 'eth0', { master: 'tap0' }), { kind: 'tun', mode: 'tap', name: 'tap0', addresses: [] }],
  }),
  ['a:eth0: its master tap0 is a tun, no bridge'],
);
test(
  'a parent that does not exist',
  finds,
  pair({
    links: [veth('eth0', 'b', 'eth0'), { kind: 'macvlan', name: 'mv0', parent: 'eth9', mode: 'bridge', addresses: [] }],
  }),
  ['a:mv0: its parent eth9 does not exist'],
);
test(
  'a parent that does not exist in its node',
  finds,
  pair({
    links: [
      veth('eth0', 'b', 'eth0'),
      { kind: 'macvlan', name: 'mv0', parent: 'eth9', parentNode: 'b', mode: 'bridge', addresses: [] },
    ],
  }),
  ['a:mv0: its parent b:eth9 does not exist'],
);
test(
  'a name that is too long',
  finds,
  pair({ links: [veth('eth0', 'b', 'eth0'), { kind: 'tun', mode: 'tun', name: 'sixteen-bytes-ab', addresses: [] }] }),
  ['a:sixteen-bytes-ab: the name has 16 bytes; the kernel takes 15'],
);
test(
  'a name that the kernel refuses',
  finds,
  pair({ links: [veth('eth0', 'b', 'eth0'), { kind: 'tun', mode: 'tun', name: 'a/b', addresses: [] }] }),
  ['a:a/b: the kernel takes no such name'],
);
test('a name twice in one node', finds, pair({ links: [veth('eth0', 'b', 'eth0'), veth('eth0', 'b', 'eth0')] }), [
  'a:eth0: two links have this name',
]);
test('two nodes of one name', finds, [outsider('a', []), outsider('a', [])], ['a: two nodes have this name']);
test(
  'a container without its host',
  finds,
  [emptyNode('c1', 'container'), emptyNode('c2', 'container', 'h9')],
  ['c1: is a container without a host', 'c2: its host h9 is no node'],
);
test(
  'routes, neighbours and forwarding entries of links that do not exist',
  finds,
  pair({
    routes: [
      { destination: '10.9.0.0/16', link: 'eth7' },
      { destination: '10.8.0.0/16' },
      { destination: '10.7.0.0/16', kind: 'blackhole' },
    ],
    neighbours: [{ address: '10.1.0.9', mac: '02:42:0a:01:00:09', link: 'eth8' }],
    fdb: [{ link: 'vx9', mac: '02:42:0a:01:00:09' }],
  }),
  [
    'a: the route to 10.8.0.0/16 has neither a gateway nor a link',
    'a: the route to 10.9.0.0/16 names the link eth7, which does not exist',
    'a: the neighbour 10.1.0.9 names the link eth8, which does not exist',
    'a: the forwarding entry 02:42:0a:01:00:09 names the link vx9, which does not exist',
  ],
);
test(
  'routes with several next hops',
  finds,
  pair({
    routes: [
      { destination: '10.6.0.0/16', nextHops: [{ via: '10.1.0.2' }, { via: '10.1.0.3', link: 'eth0' }] },
      { destination: '10.7.0.0/16', nextHops: [{ via: '10.1.0.2' }, { via: '10.1.0.3', link: 'eth6' }] },
      { destination: '10.8.0.0/16', nextHops: [{ via: '10.1.0.2' }, { via: '10.1.0.3' }], via: '10.1.0.4' },
      { destination: '10.9.0.0/16', via: '10.1.0.4', onLink: true },
    ],
  }),
  [
    'a: the route to 10.8.0.0/16 has several next hops and one beside them',
    'a: the route to 10.9.0.0/16 has a gateway on-link, but on no link',
    'a: the route to 10.7.0.0/16 names the link eth6, which does not exist',
  ],
);
