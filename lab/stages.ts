/** What of the states can be built at once, and what only when services have made their interfaces. Pure. */
import type { LinkState, NodeState } from './state.js';

export interface Stages {
  readonly early: readonly NodeState[];
  /** Nodes that have something for the second stage, with that alone. */
  readonly late: readonly NodeState[];
}

/** Every part of every state, in one stage or the other. Services are left in the first, rulesets too. */
export function stagesOf(states: readonly NodeState[]): Stages {
  const split = states.map((state) => splitNode(state, lateLinks(state)));
  return { early: split.map(({ early }) => early), late: split.flatMap(({ late }) => late ?? []) };
}

/** Interfaces that a service makes, and those that stand on them. */
function lateLinks({ links }: NodeState): ReadonlySet<string> {
  const late = new Set<string>();
  for (const link of links) if (link.kind === 'daemon' || late.has(parentOf(link) ?? '')) late.add(link.name);
  return late;
}

function parentOf(link: LinkState): string | undefined {
  if (link.kind === 'macvlan' && link.parentNode !== undefined) return undefined;
  return link.kind === 'vxlan' || link.kind === 'macvlan' ? link.parent : undefined;
}

function splitNode(state: NodeState, late: ReadonlySet<string>): { early: NodeState; late?: NodeState } {
  if (late.size === 0) return { early: state };
  const isLate = (link: string | undefined): boolean => link === undefined || late.has(link);
  const sysctls = Object.entries(state.sysctls);
  const namesLate = (name: string): boolean => name.split('.').some((part) => late.has(part));
  const part = (wanted: boolean): Partial<NodeState> => ({
    links: state.links.filter(({ name }) => late.has(name) === wanted),
    // A gateway without a link may be reached by any of them.
    routes: state.routes.filter((route) => isLate(linkOf(route)) === wanted),
    neighbours: state.neighbours.filter(({ link }) => late.has(link) === wanted),
    fdb: state.fdb.filter(({ link }) => late.has(link) === wanted),
    sysctls: Object.fromEntries(sysctls.filter(([name]) => namesLate(name) === wanted)),
  });
  return {
    early: { ...state, ...part(false) },
    late: { ...state, ...part(true), rules: [], nftables: '', services: [] },
  };
}

function linkOf({ link, nextHops, kind }: NodeState['routes'][number]): string | undefined {
  return (
    link ??
    nextHops?.find((hop) => hop.link !== undefined)?.link ??
    (kind === undefined || kind === 'unicast' ? undefined : 'lo')
  );
}
