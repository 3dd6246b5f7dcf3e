import test from 'ava';
import { renderDot } from '#src/graph/dot.js';
import { renderMermaid } from '#src/graph/mermaid.js';
import { renderSvg } from '#src/graph/svg.js';
import { topologyOf } from '#src/graph/topology.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';
import { hosts, plan } from '../plan/plans.js';

test('hosts are groups of bridge, interfaces and containers; the rest stands outside', (t) => {
  const { shapes, groups } = topologyOf(plan());
  const idsIn = (group: string | undefined) => shapes.filter((shape) => shape.group === group).map(({ id }) => id);
  t.deepEqual(
    groups.map(({ id }) => id),
    ['h1', 'h2'],
  );
  t.deepEqual(idsIn('h1'), ['h1:br0', 'h1:eth1', 'h1:eth0', 'h1c1', 'h1c2']);
  t.deepEqual(idsIn(undefined), ['sw1', 'sw0', 'r1', 'world', 'o1']);
});

test('every cable is drawn once, from the containers outwards', (t) => {
  const { lines } = topologyOf(plan({ hosts: hosts(1, 1) }));
  t.deepEqual(lines.map(({ from, to, kind }) => `${from} ${to} ${kind}`).toSorted(), [
    'h1:br0 h1:eth0 forwarding',
    'h1:br0 h1:eth1 inside',
    'h1:eth0 sw0 uplink',
    'h1:eth1 sw1 lan',
    'h1c1 h1:br0 inside',
    'r1 world uplink',
    'sw0 r1 uplink',
    'sw1 o1 lan',
  ]);
});

test('lines end at shapes that exist', (t) => {
  const { shapes, lines } = topologyOf(
    plan({
      hosts: hosts(3, 9),
      underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1500, extraLinks: [['h1', 'h3']] },
    }),
  );
  const ids = new Set(shapes.map(({ id }) => id));
  t.is(ids.size, shapes.length);
  for (const { from, to } of lines) t.true(ids.has(from) && ids.has(to), `${from} ${to}`);
});

test('many containers of a host are one shape', (t) => {
  const { shapes, lines } = topologyOf(plan({ hosts: hosts(1, 100) }));
  const crowd = shapes.find(({ id }) => id === 'h1:containers');
  t.like(crowd, { title: '100 containers', lines: ['h1c1 … h1c100', '10.1.1.2 … 10.1.1.101'], group: 'h1' });
  t.is(lines.filter(({ from }) => from === 'h1:containers').length, 1);
});

test('a container that its host routes to hangs at the host’s way out', (t) => {
  const parameters = { granularity: 'container' };
  const { lines, groups } = topologyOf(planOf(scenarioOf({ strategy: 'bgp', containers: 1, parameters })));
  t.deepEqual(
    lines.find(({ from }) => from === 'h2c1'),
    {
      from: 'h2c1',
      to: 'h2:eth1',
      kind: 'forwarding',
      odd: false,
      label: 'forwards',
    },
  );
  t.is(groups.length, 2);
});

test('a cable whose ends have different MTUs stands out', (t) => {
  const odd = hosts(2, 1).map((host) => (host.name === 'h2' ? { ...host, mtuBytes: 1400 } : host));
  const lines = topologyOf(plan({ hosts: odd })).lines.filter((line) => line.odd);
  t.deepEqual(lines, [{ from: 'h2:eth1', to: 'sw1', kind: 'lan', odd: true, label: 'MTU 1400 | 1500' }]);
});

test('NAT is shown only where it is', (t) => {
  const labels = (masquerade: string) =>
    topologyOf(plan({ hosts: hosts(1, 1) }, { masquerade })).lines.flatMap(({ label }) => label ?? []);
  t.deepEqual(labels('egress'), ['forwards, NAT']);
  t.deepEqual(labels('off'), ['forwards']);
});

const hostile = 'a"]; evil [x="<b>&\\\n]]--></svg><script>%%{';

/** A plan with a hostile name wherever a name is drawn. */
function hostilePlan() {
  const text = JSON.stringify(
    plan({
      hosts: [
        { name: 'h1', containers: [{ name: 'victim' }] },
        { name: 'h2', containers: [] },
      ],
    }),
  );
  return JSON.parse(
    text.replaceAll('victim', JSON.stringify(hostile).slice(1, -1)).replaceAll('two-hosts', 'two \\" hosts <b>'),
  ) as ReturnType<typeof plan>;
}

test('a drawing has the same number of shapes whatever their names are', (t) => {
  const svg = renderSvg(hostilePlan());
  const shapesIn = (text: string) => text.match(/class="(?:shape|bar) /gu)?.length;
  t.is(shapesIn(svg), topologyOf(hostilePlan()).shapes.length);
  t.false(/<script|<b>/u.test(svg));
});

test('Mermaid gets names as numbered entities', (t) => {
  const text = renderMermaid(hostilePlan());
  t.true(
    text.includes(
      '"a#34;#93;#59; evil #91;x#61;#34;#60;b#62;#38;#92; #93;#93;--#62;#60;/svg#62;#60;script#62;#37;#37;#123;<br/>10.1.1.2/16<br/>',
    ),
    text,
  );
  t.true(text.startsWith('flowchart TB\n'));
  t.true(text.includes('n5(["br0<br/>10.1.0.1/16<br/>fd00:10'), text);
});

test('DOT and Mermaid fold hosts that are alike, too', (t) => {
  const many = plan({ hosts: hosts(40, 1) });
  t.is(renderDot(many).match(/subgraph "cluster_/gu)?.length, 4);
  t.is(renderMermaid(many).match(/^ {2}subgraph /gmu)?.length, 4);
  t.true(renderMermaid(many).includes('h4 … h40: 37 hosts like h3'));
});

test('DOT has a cluster per host and is the same every time', (t) => {
  const text = renderDot(plan());
  t.is(text.match(/subgraph "cluster_h\d"/gu)?.length, 2);
  t.is(renderDot(plan()), text);
});

test('SVG is one element with addresses and MTUs in it, the same every time', (t) => {
  const svg = renderSvg(plan());
  t.regex(svg, /^<svg [^]*<\/svg>\n$/u);
  for (const text of ['10.1.1.2/16', 'MTU 1500, STP off', 'LAN switch', 'beyond the router'])
    t.true(svg.includes(text), text);
  t.is(renderSvg(plan()), svg);
  t.regex(svg, /prefers-color-scheme:dark/, 'it follows dark and light by itself');
});

test('tunnels lead from bridge to bridge, each once, and what is down is not drawn', (t) => {
  const { lines, shapes } = topologyOf(
    planOf(scenarioOf({ strategy: 'ovs-gre', hosts: 3, containers: 1, parameters: { datapath: 'userspace' } })),
  );
  t.deepEqual(
    lines.flatMap(({ kind, from, to, label }) => (kind === 'tunnel' ? [`${from} ${to} ${label}`] : [])),
    ['h1:br0 h2:br0 gre1', 'h1:br0 h3:br0 gre2', 'h2:br0 h3:br0 gre3'],
  );
  t.true(lines.some(({ kind, from, to }) => kind === 'inside' && from === 'h1:br-lan' && to === 'h1:eth1'));
  t.false(shapes.some(({ id }) => id === 'h1:ovs-netdev'));
  t.like(
    shapes.find(({ id }) => id === 'h1:br0'),
    { kind: 'bridge', lines: ['MTU 1462, STP on'] },
  );
});

test('VXLAN devices and tunnel daemons are joined, too; where they are too many none is drawn', (t) => {
  const tunnels = (strategy: string, count: number, parameters: Readonly<Record<string, unknown>> = {}) =>
    topologyOf(planOf(scenarioOf({ strategy, hosts: count, containers: 1, parameters })))
      .lines.filter(({ kind }) => kind === 'tunnel')
      .map(({ from, to, label }) => `${from} ${to} ${label}`);
  t.deepEqual(tunnels('vxlan', 2), ['h1:vxlan0 h2:vxlan0 vxlan']);
  t.deepEqual(tunnels('encrypted-overlay', 2), ['h1:tinc0 h2:tinc0 tinc']);
  const wireguard = { engine: 'wireguard', implementation: 'kernel' };
  t.deepEqual(tunnels('encrypted-overlay', 2, wireguard), ['h1:vxlan0 h2:vxlan0 vxlan']);
  t.deepEqual(tunnels('vxlan', 7), []);
  t.deepEqual(tunnels('bridge-l2', 3), []);
});
