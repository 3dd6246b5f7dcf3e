/** Interfaces by which packets leave a node's kernel for a daemon that carries them on, perhaps so that nobody recognises them. */
import type { Lab } from '#lab/lab.js';
import type { LinkState } from '#lab/state.js';
import type { Hop } from './cable-path.js';

/** Those that a service has made, and those that stand on one. */
export function tunnelExits(lab: Lab, node: string): readonly Hop[] {
  const links = lab.nodes.get(node)?.state.links ?? [];
  const made = new Set(links.filter(({ kind }) => kind === 'daemon').map(({ name }) => name));
  const standsOnOne = (link: LinkState): boolean => 'parent' in link && made.has(link.parent ?? '');
  const exits = links.filter((link) => made.has(link.name) || standsOnOne(link));
  return exits.map(({ name }) => ({ node, link: name, outgoing: true }));
}
