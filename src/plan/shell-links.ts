import type { LinkState, MacvlanLink, NodeState, TunLink, VethLink, VxlanLink } from '#lab/state.js';
import { commandLine, namespaceOf } from './shell-words.js';

/** The cables of a plan, of which each is made by the first of its two ends. */
export interface Cables {
  /** Ends of those that exist already, as `node:link`. */
  readonly made: Set<string>;
  /** MTU of an end, where it has one of its own. */
  readonly mtuBytes: ReadonlyMap<string, number | undefined>;
}

export function cablesOf(nodes: readonly NodeState[]): Cables {
  const ends = nodes.flatMap(({ name: node, links }) =>
    links.map(({ name, mtuBytes }) => [`${node}:${name}`, mtuBytes] as const),
  );
  return { made: new Set(), mtuBytes: new Map(ends) };
}

/**
 * Commands that create the node's links, bridges before their ports. They get their MTU here, as in the lab: a macvlan child
 * has that of its parent, and an MTU that a bridge is given later would stay whatever its ports have.
 * @param cables both ends of each new one are added to those that exist
 */
export function linkCommands(node: NodeState, cables: Cables): readonly string[] {
  const bridges = node.links.filter(({ kind }) => kind === 'bridge');
  const others = node.links.filter(({ kind }) => kind !== 'bridge');
  return [...bridges, ...others].flatMap((link) => creation(node, link, cables));
}

/** Commands that give the node's links what each end of a cable decides for itself, and bring them up, and the loopback with them. */
export function linkSettings(node: NodeState): readonly string[] {
  return [inside(node, 'link', 'set', 'dev', 'lo', 'up'), ...furtherLinkSettings(node)];
}

/** The same for links that come later. */
export function furtherLinkSettings(node: NodeState): readonly string[] {
  const up = node.links
    .filter((link) => link.up !== false)
    .map(({ name }) => inside(node, 'link', 'set', 'dev', name, 'up'));
  return [...node.links.flatMap((link) => ownSettings(node, link)), ...up];
}

function ownSettings(node: NodeState, link: LinkState): readonly string[] {
  const mtuBytes = link.kind === 'daemon' || link.kind === 'tun' ? link.mtuBytes : undefined;
  const changes = [...option('mtu', mtuBytes), ...option('address', link.mac), ...option('master', link.master)];
  return [
    ...(changes.length === 0 ? [] : [inside(node, 'link', 'set', 'dev', link.name, ...changes)]),
    ...bridgePortSettings(node, link),
    ...link.addresses.map((address) =>
      inside(node, 'address', 'add', address, 'dev', link.name, ...withoutDad(address)),
    ),
  ];
}

/** ip(8)'s words for the options of a bridge port. */
const portWords = {
  hairpin: 'hairpin',
  learning: 'learning',
  neighSuppress: 'neigh_suppress',
  isolated: 'isolated',
} as const;

function bridgePortSettings(node: NodeState, { name, bridgePort = {} }: LinkState): readonly string[] {
  const options = (Object.keys(portWords) as Array<keyof typeof portWords>).flatMap((key) =>
    option(portWords[key], bridgePort[key] === undefined ? undefined : onOrOff(bridgePort[key])),
  );
  return options.length === 0 ? [] : [inside(node, 'link', 'set', 'dev', name, 'type', 'bridge_slave', ...options)];
}

function onOrOff(value: boolean): string {
  return value ? 'on' : 'off';
}

function inside(node: NodeState, ...words: ReadonlyArray<string | number>): string {
  return commandLine('ip', '-n', namespaceOf(node.name), ...words);
}

function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** Duplicate address detection would leave an IPv6 address unusable for a second or two. */
function withoutDad(address: string): readonly string[] {
  return address.includes(':') ? ['nodad'] : [];
}

function named({ name, mtuBytes }: Pick<LinkState, 'name' | 'mtuBytes'>): readonly string[] {
  return ['name', name, ...option('mtu', mtuBytes)];
}

function creation(node: NodeState, link: LinkState, cables: Cables): readonly string[] {
  switch (link.kind) {
    case 'bridge': {
      // The kernel counts forward delay in hundredths of a second, and refuses less than 2 s while STP is on.
      const stp = ['stp_state', link.stp ? '1' : '0', 'forward_delay', String(link.forwardDelaySeconds * 100)];
      return [inside(node, 'link', 'add', ...named(link), 'type', 'bridge', ...stp)];
    }
    case 'veth':
      return cable(node, link, cables);
    case 'vxlan':
      return [inside(node, 'link', 'add', ...named(link), 'type', 'vxlan', ...vxlanOptions(link))];
    case 'macvlan':
      return [macvlan(node, link)];
    case 'tun':
      return [tun(node, link)];
    case 'daemon':
      return [`# ${link.service} makes ${link.name}.`];
  }
}

function cable(node: NodeState, link: VethLink, { made, mtuBytes }: Cables): readonly string[] {
  const [near, far] = [`${node.name}:${link.name}`, `${link.peer.node}:${link.peer.link}`];
  if (made.has(near)) return [];
  made.add(near).add(far);
  const peer = [
    'peer',
    'name',
    link.peer.link,
    ...option('mtu', mtuBytes.get(far)),
    'netns',
    namespaceOf(link.peer.node),
  ];
  return [inside(node, 'link', 'add', ...named(link), 'type', 'veth', ...peer)];
}

function vxlanOptions({ vni, port, local, remote, parent, learning }: VxlanLink): readonly string[] {
  const multicast = remote !== undefined && /^(22[4-9]|23\d|ff)/iu.test(remote);
  return [
    'id',
    String(vni),
    'dstport',
    String(port),
    ...option('local', local),
    ...option(multicast ? 'group' : 'remote', remote),
    ...option('dev', parent),
    ...(learning === false ? ['nolearning'] : []),
  ];
}

function macvlan(node: NodeState, link: MacvlanLink): string {
  const { parent, parentNode = node.name, mode } = link;
  const elsewhere = parentNode === node.name ? [] : ['netns', namespaceOf(node.name)];
  const words = ['link', 'add', ...named(link), 'link', parent, ...elsewhere, 'type', 'macvlan', 'mode', mode];
  return commandLine('ip', '-n', namespaceOf(parentNode), ...words);
}

function tun(node: NodeState, { name, mode }: TunLink): string {
  return inside(node, 'tuntap', 'add', 'dev', name, 'mode', mode);
}
