/** Making the links of node states: bridges first, then cables, then what stands on other links. */
import { groupBy } from '../group-by.js';
import { LabError } from '../errors.js';
import { createBridge, createMacvlan, createVeth, createVxlan, type IndexedLink } from '../kernel/netlink/link.js';
import type { Request } from '../kernel/netlink/message.js';
import { createTun } from '../kernel/tun.js';
import type { BridgeLink, DaemonLink, LinkState, MacvlanLink, NodeState, VethLink, VxlanLink } from '../state.js';
import type { NetnsNode } from './node.js';

/** A link to be made, in its node, with the index reserved for it. */
export interface Target<L extends LinkState = LinkState> {
  readonly node: NetnsNode;
  readonly link: L;
  readonly index: number;
}

/** The node of that name. @throws LabError when there is none */
type NodeOf = (name: string) => NetnsNode;

interface Cable {
  readonly near: Target<VethLink>;
  readonly far: Target<VethLink>;
}

/**
 * Reserves an index for every link that the states add. The two ends of a cable never get the same one, nor a link and its
 * parent in another node: the kernel would take such a device for one without a lower device, and tell of its carrier, on which a bridge port waits, only at its
 * next turn, up to a second later (linkwatch_urgent_event, net/core/link_watch.c).
 */
export function reserveLinks(states: readonly NodeState[], nodeOf: NodeOf): Target[] {
  const reserved = new Map<string, number>();
  return states.flatMap((state) => {
    const node = nodeOf(state.name);
    return state.links.map((link) => {
      if (link.kind === 'daemon') return { node, link, index: madeByService(node, link) };
      const farIndex =
        link.kind === 'veth' ? reserved.get(`${link.peer.node} ${link.peer.link}`) : foreign(link, nodeOf);
      let index = node.reserveIndex(link.name);
      if (index === farIndex) index = node.reserveIndex(link.name);
      reserved.set(`${state.name} ${link.name}`, index);
      return { node, link, index };
    });
  });
}

/** Index of the parent in another node. */
function foreign(link: LinkState, nodeOf: NodeOf): number | undefined {
  if (link.kind !== 'macvlan' || link.parentNode === undefined) return undefined;
  return nodeOf(link.parentNode).indexOf(link.parent);
}

/** Index of an interface that a service was to make. @throws LabError when it is not there */
function madeByService(node: NetnsNode, { name, service }: DaemonLink): number {
  const index = node.indexOf(name);
  if (index !== undefined) return index;
  throw new LabError(`${node.name}: service ${service} was to make the interface ${name}, and it is not there`);
}

/**
 * Makes all links, in dependency order.
 * @returns the links whose master is still to be set: the kernel takes it for a new link, and of a cable for the near end only
 * @throws NetlinkError naming node, link and the kernel's words
 */
export function makeLinks(targets: readonly Target[], nodeOf: NodeOf): ReadonlySet<Target> {
  runPerNode(
    targets
      .filter((target) => target.link.kind === 'bridge')
      .map((target) => [target.node, createBridge(indexed(target as Target<BridgeLink>))]),
  );
  const cables = pairCables(targets.filter((target): target is Target<VethLink> => target.link.kind === 'veth'));
  runPerNode(cables.map(({ near, far }) => [near.node, createVeth(indexed(near), far, far.node.namespace.fd)]));
  runPerNode(targets.flatMap((target) => stacked(target, nodeOf)));
  for (const target of targets) makeTun(target);
  // A link that is there already gets its master like the far end of a cable.
  return new Set([...cables.map(({ far }) => far), ...targets.filter(({ link }) => link.kind === 'daemon')]);
}

/** Only an ioctl makes these, and the kernel picks the index. */
function makeTun({ node, link }: Target): void {
  if (link.kind !== 'tun') return;
  createTun(node.namespace, node.name, link);
  node.refreshIndexes();
}

/** One batch per node. */
function runPerNode(requests: ReadonlyArray<readonly [NetnsNode, Request]>): void {
  for (const [node, own] of groupBy(requests, ([asked]) => asked)) {
    node.netlink.execute(own.map(([, request]) => request));
  }
}

/** Links that stand on another link, with the node that has that one: it is the one to ask. */
function stacked(target: Target, nodeOf: NodeOf): Array<readonly [NetnsNode, Request]> {
  const { link, node } = target;
  if (link.kind === 'vxlan') {
    const parent = link.parent === undefined ? undefined : parentIndex(target, node, link.parent);
    return [[node, createVxlan(indexed(target as Target<VxlanLink>), parent)]];
  }
  if (link.kind !== 'macvlan') return [];
  const owner = link.parentNode === undefined ? node : nodeOf(link.parentNode);
  const stand = { parentIndex: parentIndex(target, owner, link.parent) };
  const elsewhere = owner === node ? {} : { namespaceFd: node.namespace.fd };
  return [[owner, createMacvlan(indexed(target as Target<MacvlanLink>), { ...stand, ...elsewhere })]];
}

function indexed<L extends LinkState>(target: Target<L>): IndexedLink<L> {
  return { link: target.link, index: target.index, masterIndex: masterIndex(target) };
}

/** @throws LabError when the bridge is not in the node */
export function masterIndex({ node, link }: Target): number | undefined {
  if (link.master === undefined) return undefined;
  const index = node.indexOf(link.master);
  if (index === undefined)
    throw new LabError(`${node.name}: ${link.name} is to be a port of ${link.master}, which is not there`);
  return index;
}

function parentIndex({ node, link }: Target, owner: NetnsNode, parent: string): number {
  const index = owner.indexOf(parent);
  const where = owner === node ? parent : `${parent} of ${owner.name}`;
  if (index === undefined) throw new LabError(`${node.name}: ${link.name} stands on ${where}, which is not there`);
  return index;
}

/** Both ends of each cable, found by their names for each other; an end that is a bridge port counts as the near one. */
function pairCables(ends: ReadonlyArray<Target<VethLink>>): Cable[] {
  const byName = new Map(ends.map((end) => [`${end.node.name} ${end.link.name}`, end]));
  const paired = new Set<Target>();
  const cables: Cable[] = [];
  for (const end of ends) {
    if (paired.has(end)) continue;
    const { peer } = end.link;
    const other = byName.get(`${peer.node} ${peer.link}`);
    if (other === undefined)
      throw new LabError(
        `${end.node.name}: the far end of ${end.link.name}, ${peer.link} of ${peer.node}, is not declared`,
      );
    paired.add(end).add(other);
    cables.push(end.link.master === undefined ? { near: other, far: end } : { near: end, far: other });
  }
  return cables;
}
