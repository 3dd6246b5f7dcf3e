/** What a picture of a plan shows, before any drawing language: shapes, groups of them, and lines between them. */
import type { Plan } from '../plan/plan.js';
import type { LineKind, ShapeKind } from './kinds.js';
import { linesOf } from './lines.js';
import { shapesOf } from './shapes.js';

export interface Shape {
  /** `h1:br0` or a node's name; unique in the picture. */
  readonly id: string;
  readonly kind: ShapeKind;
  readonly title: string;
  readonly lines: readonly string[];
  /** The host in whose group it is drawn. */
  readonly group?: string;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: LineKind;
  readonly label?: string;
  /** Its two ends differ where they should not. */
  readonly odd: boolean;
}

/** What is drawn inside one frame: a host. */
export interface Group {
  readonly id: string;
  readonly title: string;
}

export interface Topology {
  readonly title: string;
  /** The hosts. */
  readonly groups: readonly Group[];
  readonly shapes: readonly Shape[];
  readonly lines: readonly Line[];
}

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
