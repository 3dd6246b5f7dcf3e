/** What a picture of a plan shows, before any drawing language. */
import type { Plan } from '../plan/plan.js';
import { linesOf } from './lines.js';
import type { Topology } from './picture.js';
import { shapesOf } from './shapes.js';

export type * from './picture.js';

/** The plan as shapes and lines. Lines lead from the containers down to the switches, and on outwards. */
export function topologyOf(plan: Plan): Topology {
  const { hosts, pool, containerAddresses } = plan.cluster;
  const place = (slice: string) => (pool === undefined ? `in ${slice}` : `in ${pool.first} to ${pool.last}`);
  const containers = hosts.flatMap((host) => host.containers);
  return {
    title: `${plan.scenario.name}: ${hosts.length} hosts, ${containers.length} containers, ${plan.strategy.title.toLowerCase()}`,
    groups: hosts.map(({ name, slice }) => ({
      id: name,
      title: `${name}: containers ${containerAddresses === 'host' ? 'in its own network' : place(slice)}`,
    })),
    shapes: shapesOf(plan),
    lines: linesOf(plan),
  };
}
