/** Makes nodes have the state that a plan wants: the one place that does, in dependency order. */
import { groupBy } from '../group-by.js';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pMap from 'p-map';
import { LabError } from '../errors.js';
import { changeLink, changePort, settleCarrier } from '../kernel/netlink/link.js';
import { addFdbEntry } from '../kernel/netlink/forwarding.js';
import type { Request } from '../kernel/netlink/message.js';
import { askNeighboursOften } from '../kernel/netlink/neighbour-parameters.js';
import { addAddress, addNeighbour } from '../kernel/netlink/network.js';
import { addRoute } from '../kernel/netlink/route.js';
import { addRule } from '../kernel/netlink/rule.js';
import { runTool } from '../process.js';
import type { LinkState, NodeState } from '../state.js';
import { ipv6Ready } from './ipv6-ready.js';
import { withRoom } from './letting-go.js';
import { makeLinks, masterIndex, reserveLinks, type Target } from './links.js';
import { NetnsNode } from './node.js';
import { freshPreparation, writeSysctls } from './sysctl.js';

/** How many nodes are worked on before timers and signals get their turn. */
const NODES_PER_TURN = 50;
/** nft processes at one time. */
const NFT_CONCURRENCY = 8;
/** Each is answered with all that there is to say about the link, and the socket's receive buffer holds some 200 KiB. */
const LINKS_ASKED_AT_ONCE = 16;
/** The kernel lets one at a time change rules, and namespaces that it takes down take turns with them. */
const NFT_TIMEOUT_MS = 60_000;

/**
 * Adds states to nodes. Nodes that are not in `nodes` yet are made and put there.
 * @param onProgress called with the number of nodes whose links are up
 * @throws NetlinkError or LabError naming the node and the object; what was made stays for the caller to destroy
 */
export async function applyStates(
  nodes: Map<string, NetnsNode>,
  states: readonly NodeState[],
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  const fresh = await makeNodes(nodes, states);
  const nodeOf = (name: string): NetnsNode => nodes.get(name) ?? unknownNode(name);
  const targets = reserveLinks(states, nodeOf);
  shapeForeign(targets);
  const unmastered = makeLinks(targets, nodeOf);
  const targetsOf = groupBy(targets, (target) => target.node);
  let done = 0;
  for (const state of states) {
    const node = nodeOf(state.name);
    if (Object.keys(state.sysctls).length > 0) node.namespace.run(() => writeSysctls(node.name, state.sysctls));
    node.netlink.execute(configuration(node, state, targetsOf.get(node) ?? [], unmastered, fresh.has(node)));
    tuneNeighbours(node, state);
    node.merge(state);
    if (++done % NODES_PER_TURN === 0) await nextTurn(onProgress(done));
  }
  onProgress(done);
  settleCarriers(targetsOf);
  await ipv6Ready(states.map((state) => [nodeOf(state.name), state] as const));
  // Joining groups left entries in the machine's one neighbour table, some per interface.
  await Promise.all([...fresh].map((node) => node.forgetNeighbours()));
  await pMap(
    states.filter((state) => state.nftables !== ''),
    (state) => loadRuleset(nodeOf(state.name), state.nftables),
    { concurrency: NFT_CONCURRENCY },
  );
}

/** What a plan says of how a link treats its neighbours comes after what every link gets in {@link askNeighboursOften}. */
function tuneNeighbours(node: NetnsNode, { sysctls }: NodeState): void {
  const own = Object.entries(sysctls).filter(([name]) => /^net\.ipv[46]\.neigh\./u.test(name));
  if (own.length > 0) node.namespace.run(() => writeSysctls(node.name, Object.fromEntries(own)));
}

/** What services have made gets its MTU before anything stands on it: a VXLAN device takes no more than that leaves room for. */
function shapeForeign(targets: readonly Target[]): void {
  const foreign = targets.filter(({ link }) => link.kind === 'daemon');
  for (const { node, link, index } of foreign) node.netlink.execute([changeLink(index, link.name, attributesOf(link))]);
}

/** After all ends are up: a carrier is there when both are. */
function settleCarriers(targetsOf: ReadonlyMap<NetnsNode, readonly Target[]>): void {
  for (const [node, targets] of targetsOf) {
    const ends = targets.filter(({ link }) => link.kind === 'veth' && link.up !== false);
    const requests = ends.map(({ link, index }) => settleCarrier(node.indexOf(link.name) ?? index, link.name));
    for (let start = 0; start < requests.length; start += LINKS_ASKED_AT_ONCE) {
      node.netlink.execute(requests.slice(start, start + LINKS_ASKED_AT_ONCE));
    }
  }
}

function unknownNode(name: string): never {
  throw new LabError(`there is no node "${name}" in this lab`);
}

async function makeNodes(nodes: Map<string, NetnsNode>, states: readonly NodeState[]): Promise<ReadonlySet<NetnsNode>> {
  const fresh = new Set<NetnsNode>();
  const prepare = freshPreparation();
  for (const state of states) {
    const existing = nodes.get(state.name);
    if (existing !== undefined) {
      existing.refreshIndexes();
      continue;
    }
    const node = await withRoom(() => new NetnsNode(state, prepare, ownerOf(nodes, state)));
    nodes.set(state.name, node);
    if (!node.isSharing) fresh.add(node);
    if (nodes.size % NODES_PER_TURN === 0) await nextTurn();
  }
  return fresh;
}

/** The node whose namespace the state wants to share; undefined for one of its own. */
function ownerOf(nodes: ReadonlyMap<string, NetnsNode>, { name, sharesNetworkOf }: NodeState): NetnsNode | undefined {
  if (sharesNetworkOf === undefined) return undefined;
  const owner = nodes.get(sharesNetworkOf);
  if (owner !== undefined) return owner;
  throw new LabError(`${name} is to share the network of ${sharesNetworkOf}, which is not there`);
}

/** Everything of a node that needs its links to exist, in the order in which the kernel accepts it. */
function configuration(
  node: NetnsNode,
  state: NodeState,
  targets: readonly Target[],
  unmastered: ReadonlySet<Target>,
  isFresh: boolean,
): Request[] {
  const index = (link: string): number => node.indexOf(link) ?? missingLink(node, link);
  // Whatever is no port of a bridge may get addresses from a daemon later, by lease for example.
  const asking = state.links.filter(({ addresses, master }) => addresses.length > 0 || master === undefined);
  return [
    ...(isFresh ? [changeLink(1, 'lo', { up: true })] : []),
    ...targets.flatMap((target) => raise(target, unmastered.has(target))),
    ...asking.flatMap((link) => askNeighboursOften(index(link.name), link)),
    ...state.links.flatMap((link) => link.addresses.map((address) => addAddress(index(link.name), link.name, address))),
    ...state.neighbours.map((entry) => addNeighbour(index(entry.link), entry)),
    ...state.fdb.map((entry) => addFdbEntry(index(entry.link), entry)),
    ...state.routes.map((route) => addRoute(route, index)),
    ...state.rules.map(addRule),
  ];
}

function missingLink(node: NetnsNode, link: string): never {
  throw new LabError(`${node.name}: there is no link "${link}"`);
}

function raise(target: Target, isUnmastered: boolean): Request[] {
  const { link, node } = target;
  const index = node.indexOf(link.name) ?? target.index;
  const up = link.up ?? true;
  // IFF_UP is refused while a cable is being made, so it always comes as a second message.
  return [
    ...(isUnmastered && link.master !== undefined
      ? [changeLink(index, link.name, { masterIndex: masterIndex(target) })]
      : []),
    ...(link.bridgePort === undefined ? [] : [changePort(index, link.name, link.bridgePort)]),
    ...(up ? [changeLink(index, link.name, { up })] : []),
  ];
}

function attributesOf({ mtuBytes, mac }: LinkState): { readonly mtuBytes?: number; readonly mac?: string } {
  return { ...(mtuBytes === undefined ? {} : { mtuBytes }), ...(mac === undefined ? {} : { mac }) };
}

async function loadRuleset(node: NetnsNode, ruleset: string): Promise<void> {
  try {
    await runTool(['nft', '-f', '-'], { input: ruleset, timeoutMs: NFT_TIMEOUT_MS, namespace: node.namespace });
  } catch (cause) {
    throw new LabError(
      `${node.name}: nftables ruleset was refused: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
