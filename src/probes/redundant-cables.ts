/** Cables and tunnels between bridges that close a loop. */
import type { Lab } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import { bridgePorts, bridgingNodes } from './spanning-tree.js';
import { observeSwitches, plannedSwitches, plannedTunnels, portsByName } from './switch-ports.js';

/** A cable, or a tunnel, whose ends are both ports of bridges. */
export interface Cable {
  readonly near: LinkEnd;
  readonly far: LinkEnd;
}

/** Name of a port to the bridge that it belongs to; only ports that forward, or that would without a storm. */
type Ports = ReadonlyMap<string, string>;

export const endName = ({ node, link }: LinkEnd): string => `${node}:${link}`;

/**
 * The cables that the bridges would stay connected without. Cables to switches count as the ones that are meant: of a loop
 * through a switch and a cable straight between two hosts, the latter is redundant.
 * @param ports `planned`: as the lab was asked for, which takes no look at the kernel; `observed`: as they are now
 */
export async function redundantCables(lab: Lab, ports: 'planned' | 'observed'): Promise<readonly Cable[]> {
  const bridges = ports === 'planned' ? plannedPorts(lab) : await observedPorts(lab);
  const open = new Map([...bridges, ...(await openSwitchPorts(lab, ports))]);
  const isSwitch = ({ node }: LinkEnd): boolean => lab.node(node).state.role === 'switch';
  const cables = [...cablesBetween(lab, open), ...tunnelsBetween(lab, open)];
  const meant = cables.filter(({ near, far }) => isSwitch(near) || isSwitch(far));
  const groups = new Groups();
  const bridgeOf = (end: LinkEnd): string => open.get(endName(end)) ?? '';
  return [...meant, ...cables.filter((cable) => !meant.includes(cable))].filter(
    ({ near, far }) => !groups.join(bridgeOf(near), bridgeOf(far)),
  );
}

/** A spanning tree decides while the lab runs, so of its ports nothing is known beforehand. */
function plannedPorts(lab: Lab): Ports {
  const nodes = [...bridgingNodes(lab).values()];
  const ports = nodes.flatMap(({ state }) => {
    const bridges = new Set(state.links.flatMap((link) => (link.kind === 'bridge' && !link.stp ? [link.name] : [])));
    const own = state.links.filter(({ master }) => master !== undefined && bridges.has(master));
    return own.map(({ name, master }) => [`${state.name}:${name}`, `${state.name}:${master}`] as const);
  });
  return new Map(ports);
}

/** Ports that are blocked or down close no loop. */
async function observedPorts(lab: Lab): Promise<Ports> {
  const open = (await bridgePorts(lab)).filter(
    ({ link }) => link.up && link.portState !== 'blocking' && link.portState !== 'disabled',
  );
  return new Map(open.map(({ node, link }) => [`${node}:${link.name}`, `${node}:${link.master}`]));
}

/** Ports of bridges that daemons forward for. While a spanning tree decides, of its ports nothing is known beforehand. */
async function openSwitchPorts(lab: Lab, ports: 'planned' | 'observed'): Promise<Ports> {
  const planned = plannedSwitches(lab);
  const found = ports === 'observed' ? portsByName(await observeSwitches(lab)) : undefined;
  const isOpen = (name: string, spanningTree: string): boolean => {
    const port = found?.get(name);
    if (found === undefined) return spanningTree === 'off';
    return port !== undefined && (port.portState === undefined || port.portState === 'forwarding');
  };
  return new Map(
    planned.flatMap(({ node, bridge }) =>
      bridge.ports.flatMap(({ name }) => {
        const end = endName({ node, link: name });
        return isOpen(end, bridge.spanningTree) ? [[end, `${node}:${bridge.name}`] as const] : [];
      }),
    ),
  );
}

function tunnelsBetween(lab: Lab, ports: Ports): readonly Cable[] {
  return plannedTunnels(plannedSwitches(lab)).filter(
    ({ near, far }) => ports.has(endName(near)) && ports.has(endName(far)),
  );
}

function cablesBetween(lab: Lab, ports: Ports): readonly Cable[] {
  return [...lab.nodes.values()].flatMap(({ state }) =>
    state.links.flatMap((link) => {
      if (link.kind !== 'veth') return [];
      const cable = { near: { node: state.name, link: link.name }, far: link.peer };
      const [near, far] = [endName(cable.near), endName(cable.far)];
      return near < far && ports.has(near) && ports.has(far) ? [cable] : [];
    }),
  );
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
