import type { LinkState, NodeState } from '#lab/state.js';
import type { Host } from '../cluster/cluster.js';
import type { Plan } from '../plan/plan.js';
import { type Places, placesOf } from './places.js';
import type { Shape } from './picture.js';

/** Every node as one shape, except hosts, which are a group with a shape for each bridge and each interface. */
export function shapesOf(plan: Plan): readonly Shape[] {
  const places = placesOf(plan);
  return [
    ...plan.nodes.flatMap((node) => nodeShapes(node, places, plan.cluster.switches.uplink)),
    ...plan.cluster.hosts.flatMap((host) => crowdShape(host, places)),
  ];
}

function nodeShapes(node: NodeState, places: Places, uplinkSwitch: string | undefined): readonly Shape[] {
  const { name, role, host, links } = node;
  switch (role) {
    case 'container':
      if (host === undefined || places.crowdOf(host) !== undefined) return [];
      return [
        { id: name, kind: 'container', title: name, lines: [...addressesOf(links), ...mtuLines(links)], group: host },
      ];
    case 'host':
      // What is down as planned carries nothing.
      return links
        .filter((link) => !places.isContainerPort(link) && link.up !== false)
        .map((link) => linkShape(node, link));
    case 'switch':
      return [switchShape(node, name === uplinkSwitch)];
    default:
      return [
        {
          id: name,
          kind: role,
          title: name,
          lines: [role === name ? 'beyond the router' : role, ...addressesOf(links)],
        },
      ];
  }
}

function switchShape({ name, links }: NodeState, isUplink: boolean): Shape {
  const [kind, what] = isUplink ? (['uplink-switch', 'uplink'] as const) : (['switch', 'LAN switch'] as const);
  return { id: name, kind, title: name, lines: [what, ...mtuLines(links)] };
}

function linkShape(host: NodeState, link: LinkState): Shape {
  const bridges = host.services.flatMap((service) => service.switch?.bridges ?? []);
  const switched = bridges.find(({ name }) => name === link.name);
  const tree = link.kind === 'bridge' ? (link.stp ? 'stp' : 'off') : switched?.spanningTree;
  const stp = tree === undefined ? [] : [tree === 'off' ? 'STP off' : `${tree.toUpperCase()} on`];
  return {
    id: `${host.name}:${link.name}`,
    kind: tree === undefined ? 'interface' : 'bridge',
    title: link.name,
    lines: [...link.addresses, [...mtuLines([link]), ...stp].join(', ')].filter((line) => line !== ''),
    group: host.name,
  };
}

/** Many containers of one host as one shape that names the first and the last. */
function crowdShape({ name, containers }: Host, places: Places): readonly Shape[] {
  const [id, first, last] = [places.crowdOf(name), containers[0], containers.at(-1)];
  if (id === undefined || first === undefined || last === undefined) return [];
  const addresses = first.ipv4 === last.ipv4 ? [] : [`${first.ipv4} … ${last.ipv4}`];
  const lines = [`${first.name} … ${last.name}`, ...addresses];
  return [{ id, kind: 'container', title: `${containers.length} containers`, lines, group: name }];
}

function addressesOf(links: readonly LinkState[]): readonly string[] {
  return links.flatMap(({ addresses }) => addresses);
}

function mtuLines(links: readonly LinkState[]): readonly string[] {
  const sizes = new Set(links.flatMap(({ mtuBytes }) => mtuBytes ?? []));
  return sizes.size === 0 ? [] : [`MTU ${[...sizes].join(', ')}`];
}
