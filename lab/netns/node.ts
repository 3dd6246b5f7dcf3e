import { readFileSync } from 'node:fs';
import { NetworkNamespace } from '../kernel/namespace.js';
import { forgetNeighbour } from '../kernel/netlink/forget.js';
import { forgetLearnedVtep } from '../kernel/netlink/forwarding.js';
import { flushTcpMetrics } from '../kernel/netlink/generic.js';
import { changeLink, deleteLink, flushBridgeFdb, settleCarrier } from '../kernel/netlink/link.js';
import { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { LabNode, LabProgram, ObservedNode, RateLimit } from '../lab.js';
import type { Argv } from '../machine/command-line.js';
import { runTool, type ToolOutput } from '../process.js';
import { parts } from '../parts.js';
import type { Missing, Remembered, RestoreLimits } from '../remembered.js';
import type { ObservedRouting } from '../routing.js';
import { observeRouting } from '../services/routing.js';
import { nodeSockets, type OwnedNodeSockets } from '../sockets/node-sockets.js';
import { emptyNode, type LinkState, type NodeState } from '../state.js';
import { nodeSwitches } from '../switches/node-switches.js';
import { letGoSoon } from './letting-go.js';
import { dumpNeighbours, type KernelLink, observeNode, readLinks } from './observe.js';
import { dumpForwarding } from './observe-routing.js';
import { packedAddresses } from './packed-addresses.js';
import { startProgram } from './program.js';
import { missing, putBack } from './put-back.js';
import { changeRate } from './rate.js';
import { remember } from './remember.js';
import { listTable, runNft } from './rulesets.js';
import { flushRoutes, readSysctls } from './sysctl.js';

/** A fresh namespace holds lo with index 1. */
const FIRST_INDEX = 2;

/** A simulated node: a network namespace, and an rtnetlink socket that lives in it. */
export class NetnsNode implements LabNode {
  readonly name: string;
  readonly namespace: NetworkNamespace;
  readonly netlink: NetlinkSocket;
  readonly sockets: OwnedNodeSockets;
  readonly switches = nodeSwitches(() => this.#state);
  readonly limitRate = async (link: string, limit: RateLimit | undefined): Promise<void> =>
    changeRate(this.netlink, link, limit);
  /** It lives in the namespace of another node, which outlives it. */
  readonly isSharing: boolean;
  #state: NodeState;
  #nextIndex = FIRST_INDEX;
  readonly #indexes = new Map<string, number>([['lo', 1]]);

  /** @param owner the node whose namespace it shares; absent for one of its own, in which `prepare` is done first */
  constructor(state: NodeState, prepare: () => void, owner?: NetnsNode) {
    const { name, role, host, sharesNetworkOf } = state;
    this.name = name;
    this.#state = {
      ...(host === undefined ? emptyNode(name, role) : emptyNode(name, role, host)),
      ...(sharesNetworkOf === undefined ? {} : { sharesNetworkOf }),
    };
    this.isSharing = owner !== undefined;
    this.namespace = owner?.namespace ?? NetworkNamespace.create();
    if (owner === undefined) this.namespace.run(prepare);
    this.netlink = NetlinkSocket.open(this.namespace, name);
    this.sockets = nodeSockets(this.namespace);
  }

  /** The state that was asked for: what has been applied so far. */
  get state(): NodeState {
    return this.#state;
  }

  /** Adds to the state that counts as asked for. */
  merge(added: NodeState): void {
    const before = this.#state;
    this.#state = {
      ...before,
      links: [...before.links, ...added.links],
      routes: [...before.routes, ...added.routes],
      rules: [...before.rules, ...added.rules],
      neighbours: [...before.neighbours, ...added.neighbours],
      fdb: [...before.fdb, ...added.fdb],
      sysctls: { ...before.sysctls, ...added.sysctls },
      nftables: before.nftables + added.nftables,
      services: [...before.services, ...added.services],
    };
  }

  /** Forgets cables to nodes that are gone, and what stood on them: the kernel has removed their ends here. */
  dropCablesTo(gone: ReadonlySet<string>): void {
    const cut = this.#state.links.filter((link) => link.kind === 'veth' && gone.has(link.peer.node));
    if (cut.length === 0) return;
    for (const link of cut) this.#indexes.delete(link.name);
    this.withdraw(new Set(cut.map(({ name }) => name)));
  }

  /** Has the kernel notice at once which of these cables have lost their carrier. */
  settleCablesTo(gone: ReadonlySet<string>): void {
    const cables = this.#state.links.filter((link) => link.kind === 'veth' && gone.has(link.peer.node));
    this.netlink.attempt(cables.map(({ name }) => settleCarrier(this.#indexes.get(name) ?? 0, name)));
  }

  /** Takes links out of the state that are there no longer. @returns that part of it */
  withdraw(links: ReadonlySet<string>): NodeState {
    const { own, others } = parts(this.#state, links);
    this.#state = others;
    return own;
  }

  /** Takes all interfaces down: at the other ends of its cables the carrier is lost before this returns. */
  loseCarriers(): void {
    const links = this.#links().filter(({ name, up }) => up && name !== 'lo');
    this.netlink.attempt(links.map((link) => changeLink(link.index, link.name, { up: false })));
  }

  /** Gives a link that is about to be made an index of its own, so that nothing has to be looked up afterwards. */
  reserveIndex(link: string): number {
    const index = this.#nextIndex++;
    this.#indexes.set(link, index);
    return index;
  }

  /** Looks at the kernel, because somebody may have changed the node by hand, so that new indexes are free. */
  refreshIndexes(): void {
    this.#indexes.clear();
    for (const link of this.#links()) this.#indexes.set(link.name, link.index);
    this.#nextIndex = Math.max(FIRST_INDEX - 1, ...this.#indexes.values()) + 1;
  }

  /** @returns the index of a link that has been made or reserved; undefined when there is none of this name */
  indexOf(link: string): number | undefined {
    return this.#indexes.get(link);
  }

  async observe(): Promise<ObservedNode> {
    return observeNode(this.name, this.netlink);
  }

  async readFile(path: string): Promise<string> {
    return this.namespace.run(() => readFileSync(path, 'utf8'));
  }

  async sysctls(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return this.namespace.run(() => readSysctls(names));
  }

  async ruleset(): Promise<string> {
    return await runNft(this.namespace, ['--stateless', 'list', 'ruleset']);
  }

  async remember(): Promise<Remembered> {
    return remember(this);
  }

  async restore(before: Remembered, limits: RestoreLimits): Promise<void> {
    putBack(this, before, limits);
  }

  async missing(before: Remembered): Promise<readonly Missing[]> {
    return missing(this, before);
  }

  async changeRules(commands: string): Promise<void> {
    await runNft(this.namespace, ['-f', '-'], commands);
  }

  async rules(table: string): Promise<string | undefined> {
    return await listTable(this.namespace, table);
  }

  async routing(): Promise<readonly ObservedRouting[]> {
    return await observeRouting(this.#state.services);
  }

  async run(argv: Argv, { timeoutMs }: { readonly timeoutMs: number }): Promise<ToolOutput> {
    return await runTool(argv, { namespace: this.namespace, timeoutMs });
  }

  async start(argv: Argv): Promise<LabProgram> {
    return await startProgram(this.namespace, argv);
  }

  async setLink(link: string, change: { readonly up?: boolean; readonly mtuBytes?: number }): Promise<void> {
    const index = this.#links().find((candidate) => candidate.name === link)?.index ?? 0;
    this.netlink.execute([changeLink(index, link, change), settleCarrier(index, link)]);
  }

  async forgetNeighbours(addresses?: readonly string[]): Promise<void> {
    this.#forgetNeighbours(addresses);
  }

  #forgetNeighbours(addresses?: readonly string[]): void {
    const wanted = addresses && packedAddresses(addresses);
    const dumped = dumpNeighbours(this.netlink, wanted?.families);
    // An entry may age away between the dump and the request: refused is as good as deleted.
    this.netlink.tryAll(dumped.flatMap((entry) => forgetNeighbour(entry, wanted?.digits) ?? []));
  }

  async forgetPaths(): Promise<void> {
    this.namespace.run(() => flushRoutes());
    flushTcpMetrics(this.namespace, this.name);
    const links = this.#links();
    const bridges = links.filter((link) => link.kind === 'bridge');
    const vteps = links.some((link) => link.kind === 'vxlan') ? dumpForwarding(this.netlink) : [];
    // A bridge or an entry may be gone since the look: somebody in the node may be at work.
    this.netlink.attempt([
      ...bridges.map((bridge) => flushBridgeFdb(bridge.index, bridge.name)),
      ...vteps.flatMap((entry) => forgetLearnedVtep(entry) ?? []),
    ]);
  }

  /**
   * Lets the namespace go soon, unless it is another node's, and with it every link in it: see letting-go.ts.
   * What reaches into nodes that stay is removed at once, and so is what fills the machine's one neighbour table.
   * @param gone names of all nodes that are destroyed together
   */
  destroy(gone: ReadonlySet<string> = new Set([this.name])): void {
    this.sockets.close();
    if (this.isSharing) return this.netlink.close();
    // To remove a link takes the kernel 10 ms and more (synchronize_net), while nothing else here can run.
    const own = new Set(this.#state.links.filter((link) => isWithin(link, gone)).map(({ name }) => name));
    const links = this.#links();
    const removable = links.filter((link) => link.kind !== '' && !own.has(link.name));
    // Whatever goes round between nodes that are gone would keep the processors busy until their namespaces are.
    const bridges = links.filter((link) => link.kind === 'bridge' && own.has(link.name));
    this.netlink.attempt([
      ...removable.map(({ index, name }) => deleteLink(index, name)),
      ...bridges.map(({ index, name }) => changeLink(index, name, { up: false })),
    ]);
    this.#forgetNeighbours();
    this.netlink.close();
    letGoSoon(this.namespace);
  }

  #links(): KernelLink[] {
    return readLinks(this.netlink);
  }
}

/** No node that stays sees when it goes. */
function isWithin(link: LinkState, gone: ReadonlySet<string>): boolean {
  if (link.kind === 'veth') return gone.has(link.peer.node);
  // The parent would refuse a new child with the same MAC as long as the kernel has not come to the old one.
  return link.kind !== 'macvlan' || link.parentNode === undefined || gone.has(link.parentNode);
}
