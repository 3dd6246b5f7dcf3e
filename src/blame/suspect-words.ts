/** What is said of a suspect: one sentence for each kind of scope, to be followed by the protocols. */
import type { Scope, ScopeKind } from './scopes.js';

export function suspectWords({ kind, nodes }: Scope): string {
  return sentences[kind](nodes);
}

const sentences: Readonly<Record<ScopeKind, (nodes: readonly string[]) => string>> = {
  lan: () => 'nothing is delivered from one host to another',
  all: () => 'nothing is delivered at all',
  edge: ([host]) => `${host} is cut off: nothing is delivered between it with its containers and the others`,
  'site-pair': ([a, b]) => `nothing is delivered between ${a} and ${b}, their containers included,`,
  passing: ([host]) => `${host} passes nothing on for its containers`,
  site: ([host]) => `nothing from or to ${host} and its containers is delivered`,
  'own-host': ([host]) => `${host} and its own containers do not reach each other`,
  'own-hosts': () => 'hosts and their own containers do not reach each other',
  inside: ([host]) => `nothing is delivered inside ${host}`,
  'to-containers': ([host]) => `no container of ${host} is reached`,
  'from-containers': ([host]) => `nothing that the containers of ${host} send is delivered`,
  node: ([node]) => `${node} reaches nobody and nobody reaches it`,
  to: ([node]) => `nobody reaches ${node}`,
  from: ([node]) => `${node} reaches nobody`,
  ends: ([a, b]) => `${a} and ${b} do not reach each other`,
  flow: ([from, to]) => `${from} does not reach ${to}`,
};
