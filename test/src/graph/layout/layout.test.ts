/** The geometry of pictures: whatever the network, nothing overlaps, nothing is cut off, and all text has room. */
import test, { type ExecutionContext } from 'ava';
import type { Box, Drawing } from '#src/graph/layout/drawing.js';
import { layOut } from '#src/graph/layout/layout.js';
import { hostFont, nameFont, smallFont } from '#src/graph/layout/measures.js';
import { shortened, textWidth } from '#src/graph/layout/text-size.js';
import { type Topology, topologyOf } from '#src/graph/topology.js';
import { strategies } from '#src/strategy/index.js';
import { planOf, type ScenarioShape, scenarioOf } from '../../../support/sandboxed-lab.js';

const LEEWAY = 0.01;

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width - LEEWAY &&
  b.x < a.x + a.width - LEEWAY &&
  a.y < b.y + b.height - LEEWAY &&
  b.y < a.y + a.height - LEEWAY;

const contains = (outer: Box, inner: Box): boolean =>
  inner.x >= outer.x - LEEWAY &&
  inner.y >= outer.y - LEEWAY &&
  inner.x + inner.width <= outer.x + outer.width + LEEWAY &&
  inner.y + inner.height <= outer.y + outer.height + LEEWAY;

interface Named {
  readonly name: string;
  readonly box: Box;
}

function overlaps(boxes: readonly Named[], others: readonly Named[] = boxes): readonly string[] {
  return boxes.flatMap((one, index) =>
    (others === boxes ? boxes.slice(index + 1) : others).flatMap((other) =>
      overlap(one.box, other.box) ? [`${one.name} and ${other.name}`] : [],
    ),
  );
}

/** What is wrong with a picture; empty when nothing is. */
function faultsOf(drawing: Drawing): readonly string[] {
  const { width, height, hosts, shapes, bars, labels, legend, title } = drawing;
  const hostBoxes = hosts.map((host) => ({ name: host.title, box: host.box }));
  const shapeBoxes = shapes.map(({ shape, box }) => ({ name: shape.id, box, group: shape.group }));
  const barBoxes = bars.map(({ shape, box }) => ({ name: `bar of ${shape.id}`, box }));
  const labelBoxes = labels.map(({ text, box }) => ({ name: `"${text}"`, box }));
  const rest = [...legend, ...title].map(({ text, box }) => ({ name: `"${text}"`, box }));
  const inside = shapeBoxes.filter(({ group }) => group !== undefined);
  const outside = [...shapeBoxes.filter(({ group }) => group === undefined), ...barBoxes, ...rest];
  const page = { x: 0, y: 0, width, height };
  const passes = drawing.wires.flatMap((wire) => wire.passes);
  return [
    ...overlaps(hostBoxes),
    ...overlaps(inside),
    ...overlaps([...outside, ...hostBoxes]),
    ...overlaps(labelBoxes, [...inside, ...outside]),
    ...overlaps(labelBoxes),
    ...[...hostBoxes, ...shapeBoxes, ...barBoxes, ...labelBoxes, ...rest].flatMap(({ name, box }) =>
      contains(page, box) ? [] : [`${name} is cut off`],
    ),
    ...inside.flatMap(({ name, box }) =>
      hostBoxes.filter((host) => contains(host.box, box)).length === 1 ? [] : [`${name} is in no host`],
    ),
    ...shapes.flatMap(({ shape: { title: head, lines, id }, box }) => {
      const flat = box.height < 30;
      const texts = flat ? [] : lines.map((line) => textWidth(shortened(line), smallFont));
      const name = textWidth(shortened(flat ? [head, ...lines].join(', ') : head), nameFont);
      return Math.max(name, ...texts) <= box.width ? [] : [`the text of ${id} is too wide`];
    }),
    ...hosts.flatMap((host) =>
      textWidth(shortened(host.title), hostFont) <= host.box.width ? [] : [`the title of ${host.title} is too wide`],
    ),
    ...bars.flatMap(({ shape, box, label }) => [
      ...(label.text !== '' && contains(box, label.box) ? [] : [`the name of ${shape.id} is not in its bar`]),
      ...passes.flatMap(({ from, to }) =>
        from.x > label.box.x && from.x < label.box.x + label.box.width && from.y < box.y + 5 && to.y > box.y
          ? [`a cable passes over the name of ${shape.id}`]
          : [],
      ),
    ]),
    ...pointsOf(drawing).flatMap(([x, y]) =>
      contains(page, { x, y, width: 0, height: 0 }) ? [] : [`a line leads to ${x}, ${y}`],
    ),
    ...(new Set(hosts.map(({ box }) => `${box.width} ${box.height}`)).size > 1 ? ['hosts of different sizes'] : []),
  ];
}

/** Every point of every path; a curve stays between its ends and what bends it. */
const pointsOf = ({ wires, curves }: Drawing): ReadonlyArray<readonly [number, number]> =>
  [...wires, ...curves].flatMap(({ path }) =>
    Array.from(path.matchAll(/(-?[\d.]+) (-?[\d.]+)/gu), ([, x, y]) => [Number(x), Number(y)] as const),
  );

const draw = (shape: ScenarioShape): Drawing => layOut(topologyOf(planOf(scenarioOf(shape))));

/** Userspace Open vSwitch, so that the plan is the same on every machine. */
const parametersOf = (strategy: string) => (strategy === 'ovs-gre' ? { parameters: { datapath: 'userspace' } } : {});

for (const strategy of strategies.keys())
  test(`${strategy}: 1 to 64 hosts, nothing overlaps, is cut off or has too little room`, (t) => {
    let drawn = 0;
    for (let hosts = 1; hosts <= 64; hosts += hosts < 16 ? 1 : 8)
      for (const kind of ['switch', 'routed'] as const) {
        const drawing = tried(() => draw({ strategy, hosts, underlay: { kind }, ...parametersOf(strategy) }));
        if (drawing === undefined) continue;
        t.deepEqual(faultsOf(drawing), [], `${hosts} hosts, ${kind}`);
        t.true(drawing.hosts.length <= 12);
        drawn += 1;
      }
    t.true(drawn > 20, `${drawn} could be planned`);
  });

/** Undefined where the strategy refuses so many hosts, or that underlay. */
function tried(make: () => Drawing): Drawing | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

const shapes: Readonly<Record<string, ScenarioShape>> = {
  'cables between hosts': {
    hosts: 9,
    extraLinks: [
      ['h1', 'h3'],
      ['h2', 'h9'],
    ],
  },
  'six containers on each host': { hosts: 5, containers: 6 },
  'a hundred containers on each host': { hosts: 10, containers: 100 },
  'many outsiders': { hosts: 2, outsiders: 20 },
  'nobody but two hosts': { hosts: 2, containers: 0, outsiders: 0, ipv6: false },
  'containers that hosts route to': { strategy: 'bgp', hosts: 7, parameters: { granularity: 'container' } },
};
for (const [name, shape] of Object.entries(shapes))
  test(`geometry: ${name}`, (t) => {
    t.deepEqual(faultsOf(draw(shape)), []);
  });

const titles = ({ hosts }: Drawing): readonly string[] => hosts.map(({ title }) => title);

test('above twelve hosts those that are alike are one; one that differs is not among them', (t) => {
  t.is(draw({ hosts: 12 }).hosts.length, 12);
  t.is(titles(draw({ hosts: 64 }))[3], 'h4 … h64: 61 hosts like h3');
  t.is(draw({ hosts: 64 }).hosts.length, 4);
  const scenario = scenarioOf({ hosts: 20 });
  const odd = {
    ...scenario.cluster,
    hosts: scenario.cluster.hosts.map((host) => (host.name === 'h9' ? { ...host, mtuBytes: 1400 } : host)),
  };
  const drawing = layOut(topologyOf(planOf({ ...scenario, cluster: odd })));
  t.deepEqual(
    titles(drawing).map((title) => title.replace(/: containers.*/u, '')),
    ['h1', 'h2', 'h3', 'h4 … h8: 5 hosts like h3', 'h9', 'h10', 'h11 … h20: 10 hosts like h10'],
  );
  t.is(drawing.labels.filter(({ text }) => text.startsWith('MTU 1400 | ')).length, 1);
  t.deepEqual(faultsOf(drawing), []);
});

test('with routers between them a folded host takes its own switch and router along', (t) => {
  const drawing = draw({ strategy: 'vxlan', hosts: 30, underlay: { kind: 'routed' } });
  t.deepEqual(drawing.shapes.flatMap(({ shape: { id, group } }) => (group === undefined ? [id] : [])).toSorted(), [
    'gw1',
    'gw2',
    'gw3',
    'o1',
    'r1',
    'sw1',
    'sw2',
    'sw3',
    'world',
  ]);
});

test('hosts and their containers stand in their order', (t) => {
  const { shapes: placed } = draw({ strategy: 'host-gw', hosts: 3 });
  const containers = placed.filter(({ shape }) => shape.kind === 'container').toSorted((a, b) => a.box.x - b.box.x);
  t.deepEqual(
    containers.map(({ shape }) => shape.id),
    ['h1c1', 'h1c2', 'h2c1', 'h2c2', 'h3c1', 'h3c2'],
  );
});

test('tunnels are curves behind; what they are called is in the legend', (t) => {
  const drawing = draw({ strategy: 'ovs-gre', hosts: 3, ...parametersOf('ovs-gre') });
  t.is(drawing.curves.length, 3);
  t.true(drawing.legend.some(({ text }) => text === 'tunnel over the LAN: gre'));
});

/** Lines in circles, to nowhere and to themselves; the same shape twice; words without end. */
test('a stored topology may be anything', (t: ExecutionContext) => {
  const part = (id: string, group = 'h1') =>
    ({ id, kind: 'bridge', title: id, lines: [id.repeat(40)], group }) as const;
  const line = (from: string, to: string) => ({ from, to, kind: 'inside', odd: true, label: from.repeat(99) }) as const;
  const topology: Topology = {
    title: 'word '.repeat(500),
    groups: [
      { id: 'h1', title: 'x'.repeat(1000) },
      { id: 'empty', title: '' },
    ],
    shapes: [part('abc'), part('bcd'), part('cde'), { ...part('def'), kind: 'container' }],
    lines: [line('abc', 'bcd'), line('bcd', 'cde'), line('cde', 'abc'), line('abc', 'abc'), line('abc', 'gone')],
  };
  const drawing = layOut(topology);
  t.deepEqual(
    faultsOf(drawing).filter((fault) => !fault.startsWith('"')),
    [],
  );
  t.is(drawing.shapes.length, 4);
  t.notThrows(() => layOut({ title: '', groups: [], shapes: [], lines: [] }));
});
