/** Tunnels of VXLAN devices and of daemons, drawn from where frames go in to where they come out. */
import type { LinkEnd, NodeState } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';
import type { Line } from './picture.js';

/** With more of them nothing else could be seen. */
const mostDrawn = 15;

interface Tunnel {
  readonly from: LinkEnd;
  readonly to: LinkEnd;
  readonly label: string;
}

/** Each once, from the host that the plan names first; none where there are too many. */
export function tunnelLines({ nodes }: Plan): readonly Line[] {
  const found = nodes.flatMap((node) => [...vxlanTunnels(node, nodes), ...daemonTunnels(node)]);
  const positions = new Map(nodes.map(({ name }, position) => [name, position]));
  const isForward = ({ from, to }: Tunnel) => (positions.get(from.node) ?? 0) < (positions.get(to.node) ?? 0);
  const lines = found.filter(isForward).map(({ from, to, label }): Line => {
    return { from: idOf(from), to: idOf(to), kind: 'tunnel', label, odd: false };
  });
  return lines.length > mostDrawn ? [] : lines;
}

const idOf = ({ node, link }: LinkEnd): string => `${node}:${link}`;
/** By the list of those to whom what is for all is sent. */
function vxlanTunnels(node: NodeState, nodes: readonly NodeState[]): readonly Tunnel[] {
  return node.fdb.flatMap(({ link: device, destination }): readonly Tunnel[] => {
    const own = node.links.find(({ name }) => name === device);
    if (destination === undefined || own?.kind !== 'vxlan') return [];
    const far = nodes.find(({ links }) =>
      links.some(({ addresses }) => addresses.some((address) => address.startsWith(`${destination}/`))),
    );
    const end = far?.links.find((link) => link.kind === 'vxlan' && link.vni === own.vni);
    if (far === undefined || end === undefined) return [];
    const [from, to] = [
      { node: node.name, link: device },
      { node: far.name, link: end.name },
    ];
    return [{ from, to, label: 'vxlan' }];
  });
}

/** Links that a daemon makes say themselves where their frames come out. */
function daemonTunnels({ name, links }: NodeState): readonly Tunnel[] {
  return links.flatMap((link) => {
    if (link.kind !== 'daemon') return [];
    return (link.peers ?? []).map((to) => ({ from: { node: name, link: link.name }, to, label: link.service }));
  });
}
