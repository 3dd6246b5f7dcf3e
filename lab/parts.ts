/** The part of a node's state that is about some of its links. Pure. */
import type { NodeState } from './state.js';

export interface Parts {
  /** The links with their routes, neighbours, forwarding entries and sysctls, and nothing else. */
  readonly own: NodeState;
  /** The state without them. */
  readonly others: NodeState;
}

export function parts(state: NodeState, links: ReadonlySet<string>): Parts {
  const pick = (wanted: boolean): Partial<NodeState> => ({
    links: state.links.filter(({ name }) => links.has(name) === wanted),
    routes: state.routes.filter((route) => leadsBy(route, links) === wanted),
    neighbours: state.neighbours.filter(({ link }) => links.has(link) === wanted),
    fdb: state.fdb.filter(({ link }) => links.has(link) === wanted),
    sysctls: Object.fromEntries(Object.entries(state.sysctls).filter(([name]) => names(name, links) === wanted)),
  });
  return {
    own: { ...state, ...pick(true), rules: [], nftables: '', services: [] },
    others: { ...state, ...pick(false) },
  };
}

function leadsBy({ link, nextHops = [] }: NodeState['routes'][number], links: ReadonlySet<string>): boolean {
  return [{ link }, ...nextHops].some((hop) => hop.link !== undefined && links.has(hop.link));
}

/** `net.ipv4.conf.LINK.forwarding`; a dot of the link's own name is written as a slash. */
function names(sysctl: string, links: ReadonlySet<string>): boolean {
  return sysctl.split('.').some((part) => links.has(part.replaceAll('/', '.')));
}
