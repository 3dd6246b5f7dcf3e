/** What is told of loops: which links are blocked, who is the root, where a storm was cut off. */
import type { Lab } from '#lab/lab.js';
import type { Evidence, Observation } from '../../result/result.js';
import type { Measured } from '../../check/outcome.js';
import { endName } from '../../probes/redundant-cables.js';
import { bridgePorts } from '../../probes/spanning-tree.js';
import { type StormCut, stormCuts } from '../../probes/storm.js';
import { isSwitchPort, observeSwitches } from '../../probes/switch-ports.js';
import { enumerate } from '../../check/words.js';

/** The spanning trees of all bridges, as they are. */
export interface Trees {
  /** Ports that are blocked for good, `node:port`, with the role where the bridge tells it. */
  readonly blocked: ReadonlyArray<{ readonly port: string; readonly role?: string }>;
  /** Bridges that take themselves for the root, `node:bridge`. */
  readonly roots: readonly string[];
  /** Why less is known than should be. */
  readonly problem?: string;
}

export async function observeTrees(lab: Lab): Promise<Trees> {
  const switches = await observeSwitches(lab);
  const kernel = (await bridgePorts(lab)).filter(({ link }) => link.portState === 'blocking');
  const virtual = switches.flatMap(({ node, observed }) =>
    observed.ports
      .filter(({ portState }) => portState === 'blocking')
      .map(({ name, role }) => ({ port: `${node}:${name}`, ...(role === undefined ? {} : { role }) })),
  );
  const roots = switches.filter(({ observed }) => observed.spanningTree?.isRoot === true);
  const problems = switches.flatMap(({ node, observed: { problem } }) =>
    problem === undefined ? [] : [`${node}: ${problem}`],
  );
  return {
    blocked: [...kernel.map(({ node, link }) => ({ port: `${node}:${link.name}` })), ...virtual],
    roots: roots.map(({ node, observed }) => `${node}:${observed.name}`),
    ...(problems[0] === undefined ? {} : { problem: problems[0] }),
  };
}

/** `blocked by the spanning tree: h3:gre3; its root is h1:br0` */
export function treeWords({ blocked, roots }: Trees): string {
  const ports = enumerate(blocked.map(({ port }) => port));
  const first = blocked.length === 0 ? 'no redundant link' : `blocked by the spanning tree: ${ports}`;
  return [first, ...rootWords(roots)].join('; ');
}

function rootWords(roots: readonly string[]): readonly string[] {
  if (roots.length === 0) return [];
  return [roots.length === 1 ? `its root is ${roots[0]}` : `${roots.length} roots: ${enumerate(roots)}`];
}

export function measured(lab: Lab, { blocked, roots }: Trees, summary: string): Measured {
  const observations = [
    ...stormCuts(lab).fresh.map(({ end }) => observation('cutLink', true, endName(end))),
    ...blocked.map(({ port }) => observation('portState', 'blocking', port)),
    ...blocked.flatMap(({ port, role }) => (role === undefined ? [] : [observation('portRole', role, port)])),
    ...roots.map((bridge) => observation('isRoot', true, bridge)),
  ];
  return { summary, observations };
}

function observation(name: string, value: string | boolean, subject: string): Observation {
  return { name, value, subject };
}

export function stormEvidence(lab: Lab, { end, far, seen }: StormCut): Evidence {
  const what = isSwitchPort(lab, end) ? 'tunnel' : 'cable';
  const way = far === undefined ? '' : `, whose ${what} to ${endName(far)} closes a loop of bridges`;
  return {
    message: `a broadcast storm ran until netlab took ${endName(end)} down${way}`,
    where: endName(end),
    expected: 'every broadcast passes a port once, and redundant links are blocked',
    seen,
  };
}
