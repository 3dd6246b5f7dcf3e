/**
 * Scopes: the sets of flows that one broken thing would take away. Whatever explains all failures of a scope at once is
 * the better finding: "h2 is cut off" instead of forty pairs. Pure.
 */
import type { Endpoint } from '../plan/plan.js';
import type { FlowRequest } from '../check/flow.js';

export type ScopeKind =
  | 'lan'
  | 'all'
  | 'edge'
  | 'site-pair'
  | 'passing'
  | 'site'
  | 'own-host'
  | 'own-hosts'
  | 'inside'
  | 'to-containers'
  | 'from-containers'
  | 'node'
  | 'to'
  | 'from'
  | 'ends'
  | 'flow';

/** From the most telling to the least: which scope is named when several explain the same failures. */
export const scopeOrder: readonly ScopeKind[] = [
  'lan',
  'edge',
  'site-pair',
  'passing',
  'site',
  'own-host',
  'own-hosts',
  'inside',
  'node',
  'to-containers',
  'from-containers',
  'to',
  'from',
  'all',
  'ends',
  'flow',
];

export interface Scope {
  readonly key: string;
  readonly kind: ScopeKind;
  /** The nodes that it is about: one, two (the ends), or none. */
  readonly nodes: readonly string[];
}

/** Where a node is: on its host, or on its own. */
export function siteOf({ node, host }: Endpoint): string {
  return host ?? node;
}

/** Every scope that a flow belongs to. */
export function scopesOf({ from, to }: FlowRequest): readonly Scope[] {
  return [scope('all'), ...siteScopes(from, to), ...containerScopes(from, to), ...nodeScopes(from, to)];
}

function siteScopes(from: Endpoint, to: Endpoint): readonly Scope[] {
  const ends = [from, to];
  const hosts = distinct(ends.filter(isOnHost).map(siteOf));
  const crossing = siteOf(from) !== siteOf(to);
  const site = hosts.map((host) => scope('site', host));
  if (!crossing) return [...site, ...hosts.flatMap((host) => insideScopes(host, ends))];
  const pair = hosts.length === 2 ? [scope('site-pair', ...hosts.toSorted())] : [];
  return [scope('lan'), ...hosts.map((host) => scope('edge', host)), ...pair, ...site];
}

/** Between a host and its own containers, which need not be the same as between these. */
function insideScopes(host: string, ends: readonly Endpoint[]): readonly Scope[] {
  const own = ends.some(({ role }) => role === 'host') ? [scope('own-host', host), scope('own-hosts')] : [];
  return [...own, scope('inside', host)];
}

/** What a host passes on for its containers, its own traffic with them not included. */
function containerScopes(from: Endpoint, to: Endpoint): readonly Scope[] {
  const passing = distinct([...hostOfContainer(from), ...hostOfContainer(to)]).filter(
    (host) => host !== from.node && host !== to.node,
  );
  return [
    ...passing.map((host) => scope('passing', host)),
    ...hostOfContainer(to).map((host) => scope('to-containers', host)),
    ...hostOfContainer(from).map((host) => scope('from-containers', host)),
  ];
}

function nodeScopes(from: Endpoint, to: Endpoint): readonly Scope[] {
  return [
    scope('node', from.node),
    scope('node', to.node),
    scope('from', from.node),
    scope('to', to.node),
    scope('ends', ...[from.node, to.node].toSorted()),
    scope('flow', from.node, to.node),
  ];
}

function hostOfContainer({ role, host }: Endpoint): readonly string[] {
  return role === 'container' && host !== undefined ? [host] : [];
}

function isOnHost({ role }: Endpoint): boolean {
  return role === 'host' || role === 'container';
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function scope(kind: ScopeKind, ...nodes: readonly string[]): Scope {
  return { key: [kind, ...nodes].join(' '), kind, nodes };
}
