/** Which link is cut: one that carries traffic and has another one beside it, where there is any; else the only one. */
import type { Lab } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';
import type { FaultSpec } from '../scenario/fault.js';
import type { CheckContext } from '../check/contract.js';
import { endName } from '../probes/redundant-cables.js';
import { bridgePorts } from '../probes/spanning-tree.js';
import { observeSwitches, plannedSwitches, plannedTunnels, portsByName, type Tunnel } from '../probes/switch-ports.js';

export interface Cut {
  readonly fault: FaultSpec;
  /** `the cable between h1:eth1 and sw1:to-h1` */
  readonly words: string;
  readonly where: string;
  readonly isOnlyOne: boolean;
}

export async function chooseCut({ lab, plan }: CheckContext): Promise<Cut | undefined> {
  const tunnels = plannedTunnels(plannedSwitches(lab));
  return tunnels.length > 0 ? await chooseTunnel(lab, tunnels) : await chooseCable(lab, plan);
}

/** A tunnel is cut where it is carried: nobody at its ends is told. */
async function chooseTunnel(lab: Lab, tunnels: readonly Tunnel[]): Promise<Cut | undefined> {
  const ports = portsByName(await observeSwitches(lab));
  const isOpen = (end: LinkEnd): boolean => (ports.get(endName(end))?.portState ?? 'forwarding') === 'forwarding';
  const open = tunnels.filter(({ near, far }) => isOpen(near) && isOpen(far));
  const spare = open.find((tunnel) => isConnected(tunnel.near.node, tunnel.far.node, tunnels, tunnel));
  const chosen = spare ?? open[0] ?? tunnels[0];
  if (chosen === undefined) return undefined;
  const { near, far } = chosen;
  return {
    fault: { fault: 'partition', groups: [[near.node], [far.node]] },
    words: `the tunnel between ${endName(near)} and ${endName(far)}`,
    where: endName(near),
    isOnlyOne: spare === undefined,
  };
}

async function chooseCable(lab: Lab, plan: Plan): Promise<Cut | undefined> {
  const states = new Map((await bridgePorts(lab)).map(({ node, link }) => [endName({ node, link: link.name }), link]));
  const cables = bridgedCables(plan);
  const carries = (end: LinkEnd): boolean => {
    const link = states.get(endName(end));
    return link?.up === true && link.portState !== 'blocking';
  };
  const isHost = ({ node }: LinkEnd): boolean => plan.cluster.hosts.some(({ name }) => name === node);
  const spare = cables
    .filter((cable) => isConnected(cable.near.node, cable.far.node, cables, cable) && isHost(cable.near))
    .filter(({ near, far }) => carries(near) && carries(far))
    // Of a cable from host to host it is seen at once whether it carries anything.
    .toSorted((a, b) => Number(isHost(b.far)) - Number(isHost(a.far)))[0];
  const chosen = spare ?? firstCable(plan);
  if (chosen === undefined) return undefined;
  return {
    fault: { fault: 'link-down', at: endName(chosen.near), how: 'cable' },
    words: `the cable between ${endName(chosen.near)} and ${endName(chosen.far)}`,
    where: endName(chosen.near),
    isOnlyOne: spare === undefined,
  };
}

/** Cables whose ends are ports of bridges of hosts and switches, each from both ends. */
function bridgedCables({ nodes }: Plan): readonly Tunnel[] {
  const bridging = nodes.filter(({ role }) => role === 'host' || role === 'switch');
  const ports = new Set(
    bridging.flatMap(({ name, links }) =>
      links.flatMap((link) => (link.master === undefined ? [] : [`${name}:${link.name}`])),
    ),
  );
  return bridging.flatMap(({ name, links }) =>
    links.flatMap((link) =>
      link.kind === 'veth' && ports.has(`${name}:${link.name}`) && ports.has(endName(link.peer))
        ? [{ near: { node: name, link: link.name }, far: link.peer }]
        : [],
    ),
  );
}

/** The first host's cable to its LAN. */
function firstCable({ nodes, cluster }: Plan): Tunnel | undefined {
  const [host] = cluster.hosts;
  const lan = cluster.sites[host?.site ?? 0]?.switch;
  const links = nodes.find(({ name }) => name === host?.name)?.links ?? [];
  const link = links.find((one) => one.kind === 'veth' && one.peer.node === lan);
  return link?.kind === 'veth' && host !== undefined
    ? { near: { node: host.name, link: link.name }, far: link.peer }
    : undefined;
}

/** Whether two nodes are connected without that cable. */
function isConnected(from: string, to: string, cables: readonly Tunnel[], without: Tunnel): boolean {
  const isSame = ({ near, far }: Tunnel): boolean =>
    [endName(near), endName(far)].includes(endName(without.near)) &&
    [endName(near), endName(far)].includes(endName(without.far));
  const rest = cables.filter((cable) => !isSame(cable));
  const reached = new Set([from]);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const { near, far } of rest) {
      if (reached.has(near.node)) reached.add(far.node);
      if (reached.has(far.node)) reached.add(near.node);
    }
  }
  return reached.has(to);
}
