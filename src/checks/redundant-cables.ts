/** Cables between bridges that close a loop. */
import type { Lab } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import { type BridgePort, bridgePorts } from './spanning-tree.js';

/** A cable whose ends are both ports of bridges. */
export interface Cable {
  readonly near: LinkEnd;
  readonly far: LinkEnd;
}

export const endName = ({ node, link }: LinkEnd): string => `${node}:${link}`;

/**
 * The cables that the bridges would stay connected without, as the ports are now. Cables to switches count as the ones that
 * are meant: of a loop through a switch and a cable straight between two hosts, the latter is redundant. Ports that are
 * blocked or down close no loop.
 */
export function redundantCables(lab: Lab): readonly Cable[] {
  const ports = new Map(
    bridgePorts(lab)
      .filter(isOpen)
      .map((port) => [`${port.node}:${port.link.name}`, port]),
  );
  const isSwitch = ({ node }: LinkEnd): boolean => lab.node(node).state.role === 'switch';
  const cables = cablesBetween(lab, ports);
  const meant = cables.filter(({ near, far }) => isSwitch(near) || isSwitch(far));
  const groups = new Groups();
  return [...meant, ...cables.filter((cable) => !meant.includes(cable))].filter(
    ({ near, far }) => !groups.join(bridgeOf(ports, near), bridgeOf(ports, far)),
  );
}

function isOpen({ link }: BridgePort): boolean {
  return link.up && link.portState !== 'blocking' && link.portState !== 'disabled';
}

function cablesBetween(lab: Lab, ports: ReadonlyMap<string, BridgePort>): readonly Cable[] {
  return [...lab.nodes.values()].flatMap(({ state }) =>
    state.links.flatMap((link) => {
      if (link.kind !== 'veth') return [];
      const cable = { near: { node: state.name, link: link.name }, far: link.peer };
      const [near, far] = [endName(cable.near), endName(cable.far)];
      return near < far && ports.has(near) && ports.has(far) ? [cable] : [];
    }),
  );
}

function bridgeOf(ports: ReadonlyMap<string, BridgePort>, end: LinkEnd): string {
  return `${end.node}:${ports.get(endName(end))?.link.master ?? ''}`;
}

/** Union-find. */
class Groups {
  readonly #parents = new Map<string, string>();

  /** @returns false when they were connected already */
  join(a: string, b: string): boolean {
    const [left, right] = [this.#root(a), this.#root(b)];
    this.#parents.set(left, right);
    return left !== right;
  }

  #root(name: string): string {
    const parent = this.#parents.get(name) ?? name;
    return parent === name ? name : this.#root(parent);
  }
}
