/** Where values of a scenario stand in its file. */
import type { Finding, Path } from './problem.js';

/** The path of something of the host with that position in the list. */
export function hostPath(position: number, ...rest: Path): Path {
  return ['cluster', 'hosts', position, ...rest];
}

/** A container that a host does not list itself stands in `cluster.containers`, the default of all hosts. */
export function fallbacks(path: Path): Path[] {
  const [, hosts, position, containers, ...rest] = path;
  if (hosts !== 'hosts' || containers !== 'containers') return [];
  return [['cluster', 'containers', ...rest], hostPath(Number(position), 'containers'), ['cluster', 'containers']];
}

/** A finding with the other places where what it is about may stand. */
export function at(path: Path, finding: Omit<Finding, 'path' | 'otherwise'>): Finding {
  return { path, otherwise: fallbacks(path), ...finding };
}
