import type { LinkState, NodeRole, NodeState, SwitchBridge, VethLink } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';
import type { LineKind } from './kinds.js';
import { type Places, placesOf } from './places.js';
import type { Line } from './picture.js';
import { tunnelLines } from './tunnels.js';

/** Cables between nodes, what a host connects inside itself, and tunnels; each once. */
export function linesOf(plan: Plan): readonly Line[] {
  const places = placesOf(plan);
  const own = plan.nodes.flatMap((node) => [
    ...cables(plan, node, places),
    ...children(node, places),
    ...(node.role === 'host' ? [...insideHost(node, places), ...switching(node, plan)] : []),
  ]);
  const lines = [...own, ...tunnelLines(plan)];
  return [...new Map(lines.map((line) => [JSON.stringify(line), line])).values()];
}

/** From where lines come to where they go: the picture flows from the containers outwards. */
const order: Readonly<Record<NodeRole, number>> = {
  container: 0,
  host: 1,
  switch: 2,
  outsider: 3,
  router: 3,
  world: 4,
};

function cables(plan: Plan, node: NodeState, places: Places): readonly Line[] {
  return node.links.flatMap((link) => {
    if (link.kind !== 'veth' || !isNearEnd(node, link, places)) return [];
    const far = places.node(link.peer.node)?.links.find(({ name }) => name === link.peer.link);
    const odd = far !== undefined && far.mtuBytes !== link.mtuBytes;
    const routed = node.role === 'container' && far?.master === undefined;
    const words = routed ? { label: 'forwards' } : {};
    const label = odd ? { label: `MTU ${link.mtuBytes ?? 'default'} | ${far.mtuBytes ?? 'default'}` } : words;
    const [from, to] = [places.shapeAt({ node: node.name, link: link.name }), places.shapeAt(link.peer)];
    return [{ from, to, kind: routed ? 'forwarding' : cableKind(plan, node, link), odd, ...label }];
  });
}

/** What stands on an interface of another node, or has them all. */
function children(node: NodeState, places: Places): readonly Line[] {
  const owner = node.sharesNetworkOf === undefined ? undefined : places.node(node.sharesNetworkOf);
  const shared = owner?.links.find(({ addresses }) => addresses.length > 0);
  if (owner !== undefined && shared !== undefined) {
    const [from, to] = [
      places.shapeAt({ node: node.name, link: '' }),
      places.shapeAt({ node: owner.name, link: shared.name }),
    ];
    return [{ from, to, kind: 'inside', odd: false, label: 'the same network' }];
  }
  return node.links.flatMap((link) => {
    if (link.kind !== 'macvlan' || link.parentNode === undefined) return [];
    const [from, to] = [
      { node: node.name, link: link.name },
      { node: link.parentNode, link: link.parent },
    ];
    const line = { from: places.shapeAt(from), to: places.shapeAt(to), kind: 'inside', odd: false } as const;
    return [{ ...line, label: `macvlan, ${link.mode}` }];
  });
}

/** A cable is drawn from the end that is nearer to the containers; from the first named one when both are as near. */
function isNearEnd(node: NodeState, link: VethLink, places: Places): boolean {
  const far = places.node(link.peer.node);
  if (far === undefined) return true;
  const distance = order[node.role] - order[far.role];
  return distance < 0 || (distance === 0 && `${node.name}:${link.name}` < `${far.name}:${link.peer.link}`);
}

function cableKind(plan: Plan, node: NodeState, link: VethLink): LineKind {
  if (node.role === 'container') return 'inside';
  const { switches, router, world } = plan.cluster;
  const outside: readonly (string | undefined)[] = [switches.uplink, router.name, world.name];
  return outside.includes(node.name) || outside.includes(link.peer.node) ? 'uplink' : 'lan';
}

function insideHost(host: NodeState, places: Places): readonly Line[] {
  const at = (link: string) => `${host.name}:${link}`;
  const ports = host.links.flatMap((link): readonly Line[] =>
    link.master === undefined || places.isContainerPort(link)
      ? []
      : [{ from: at(link.master), to: at(link.name), kind: 'inside', odd: false }],
  );
  return [
    ...ports,
    ...forwarding(host).map(([from, to]) => ({
      from: at(from),
      to: at(to),
      kind: 'forwarding' as const,
      label: forwardingLabel(host),
      odd: false,
    })),
  ];
}

/** What a daemon switches: its bridges' interfaces, and tunnels to the bridges of other hosts, each drawn from one end. */
function switching({ name: host, services }: NodeState, plan: Plan): readonly Line[] {
  return bridgesOf(services).flatMap((bridge) =>
    bridge.ports.flatMap(({ name, peer }): readonly Line[] => {
      const from = `${host}:${bridge.name}`;
      if (peer === undefined) return [{ from, to: `${host}:${name}`, kind: 'inside', odd: false }];
      const far = plan.nodes.find((node) => node.name === peer.node);
      const other = bridgesOf(far?.services ?? []).find(({ ports }) => ports.some((port) => port.name === peer.link));
      if (other === undefined || host > peer.node) return [];
      return [{ from, to: `${peer.node}:${other.name}`, kind: 'tunnel', label: name, odd: false }];
    }),
  );
}

function bridgesOf(services: NodeState['services']): readonly SwitchBridge[] {
  return services.flatMap((service) => service.switch?.bridges ?? []);
}

/** A host that forwards connects its addressed bridges with its other addressed interfaces. */
function forwarding(host: NodeState): ReadonlyArray<readonly [string, string]> {
  if (host.sysctls['net.ipv4.ip_forward'] !== '1') return [];
  const addressed = host.links.filter((link: LinkState) => link.addresses.length > 0);
  const bridges = addressed.filter(({ kind }) => kind === 'bridge');
  const others = addressed.filter(({ kind }) => kind !== 'bridge');
  return bridges.flatMap((bridge) => others.map((other) => [bridge.name, other.name] as const));
}

function forwardingLabel({ nftables }: NodeState): string {
  return /\b(masquerade|snat)\b/u.test(nftables) ? 'forwards, NAT' : 'forwards';
}
