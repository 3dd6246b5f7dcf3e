/**
 * Broadcast storms: a frame that runs through a loop of bridges for ever, multiplied at each turn. Any broadcast starts one, an
 * ARP request or the neighbour discovery of a link that came up, so this guard runs before anything else is measured.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '#lab/lab.js';
import type { Closable } from '#lab/sockets.js';
import type { LinkEnd } from '#lab/state.js';
import { tryBroadcast } from './broadcast.js';
import { endName, redundantCables } from './redundant-cables.js';
import { bridgePorts, bridgingNodes, portsSettled, undecidedPorts } from './spanning-tree.js';
import { repeatsBroadcast, busiestPorts, type BusyPort, countPackets } from './storm-signs.js';
import { heldBackPorts, isSwitchPort, observeSwitches, plannedSwitches } from './switch-ports.js';

/** A link that netlab took down because a storm ran through it. */
export interface StormCut {
  readonly end: LinkEnd;
  /** The other end of its cable; absent when the cable is none of the plan's. */
  readonly far?: LinkEnd;
  /** Where most packets were counted, and how many: `h1:eth2 received 5210 packets in 6 ms`. */
  readonly seen: string;
}

interface Memory {
  /** Cut by this verify, so the loop is measured already. */
  fresh: readonly StormCut[];
  /** Cut by an earlier one. */
  old: readonly StormCut[];
}

/** Cuts last as long as their lab: only loop-free raises them again. */
const memories = new WeakMap<Lab, Memory>();
const SAMPLE_MS = 5;
/** Where daemons forward, a frame needs that long for a turn or two. */
const SLOW_SAMPLE_MS = 20;
/** Candidates tried when no known cable explains the storm. */
const MOST_TRIES = 6;

interface GuardContext {
  readonly lab: Lab;
  readonly signal: AbortSignal;
}

/**
 * Cuts a storm off, or the one that would come with the first broadcast. Where a spanning tree has not settled yet, waits
 * for it and looks once more.
 * @returns the links that were taken down; empty when all is calm
 */
export async function calmStorm({ lab, signal }: GuardContext): Promise<readonly StormCut[]> {
  const memory = memoryOf(lab);
  memory.old = [...memory.old, ...memory.fresh];
  memory.fresh = [];
  const cuts = await cutOff(lab, signal, spark);
  const heldBack = heldBackPorts(lab, await observeSwitches(lab));
  if ((await undecidedPorts(lab)).length === 0 && heldBack.length === 0) return cuts;
  await portsSettled(lab, signal);
  return [...cuts, ...(await cutOff(lab, signal, spark))];
}

/** Links that were cut during this verify, and those that an earlier one left cut. */
export function stormCuts(lab: Lab): Readonly<Memory> {
  return memoryOf(lab);
}

/**
 * Raises links that an earlier verify cut, for a measurement that watches them.
 * @returns those that are up again; one that nobody has any more is forgotten
 */
export async function raiseCuts(lab: Lab): Promise<readonly StormCut[]> {
  const memory = memoryOf(lab);
  const { old } = memory;
  memory.old = [];
  const existing = await Promise.all(old.map(({ end }) => linkExists(lab, end)));
  const present = old.filter((_, index) => existing[index] === true);
  for (const { end } of present) await setEnd(lab, end, true);
  return present;
}

/** Takes an end of a cable or tunnel down, or raises it again. */
async function setEnd(lab: Lab, end: LinkEnd, up: boolean): Promise<void> {
  const node = lab.node(end.node);
  if (isSwitchPort(lab, end)) await node.switches.open(end.link, up);
  else await node.setLink(end.link, { up });
}

/** Cuts whatever storm runs now. @param ignite sends what would start one */
export async function cutOff(
  lab: Lab,
  signal: AbortSignal,
  ignite: (lab: Lab) => Promise<void> = async () => {},
): Promise<readonly StormCut[]> {
  const storm = await findStorm(lab, signal, ignite);
  if (storm === undefined) return [];
  try {
    const cuts = await cutUntilCalm(lab, storm, signal);
    // While it ran, every bridge learned every address on the wrong ports.
    for (const node of bridgingNodes(lab).values()) {
      await node.forgetPaths();
      await node.switches.forgetPaths();
    }
    memoryOf(lab).fresh = [...memoryOf(lab).fresh, ...cuts];
    return cuts;
  } finally {
    storm.tap.close();
  }
}

function memoryOf(lab: Lab): Memory {
  const memory = memories.get(lab) ?? { fresh: [], old: [] };
  memories.set(lab, memory);
  return memory;
}

/**
 * A broadcast from each host into every network that it has an address in. UDP and no frame of our own: closing a packet
 * socket would take longer than all the rest.
 */
async function spark(lab: Lab): Promise<void> {
  const sparks = [...bridgingNodes(lab).values()].map(async ({ state, sockets }) => {
    const addresses = state.links.flatMap((link) => link.addresses);
    if (addresses.length === 0) return;
    const socket = await sockets.udp({ family: 'ipv4' });
    tryBroadcast(socket, addresses);
    socket.close();
  });
  await Promise.all(sparks);
}

interface Storm {
  readonly busiest: readonly BusyPort[];
  readonly seen: string;
  readonly tap: Closable;
}

/** Ports that receive far too much, of which one repeats the same broadcast again and again. */
async function findStorm(
  lab: Lab,
  signal: AbortSignal,
  ignite: (lab: Lab) => Promise<void>,
): Promise<Storm | undefined> {
  const before = await countPackets(lab);
  await ignite(lab);
  const byDaemons = plannedSwitches(lab).length > 0;
  await delay(byDaemons ? SLOW_SAMPLE_MS : SAMPLE_MS);
  signal.throwIfAborted();
  const busiest = busiestPorts(before, await countPackets(lab), bridgingNodes(lab).size, byDaemons);
  for (const port of telling(lab, busiest)) {
    const tap = await repeatsBroadcast(lab, port, signal);
    if (tap === undefined) continue;
    const seen = `${endName(port)} received ${port.packets} packets in ${Math.round(port.withinMs)} ms`;
    return { busiest, seen, tap };
  }
  return undefined;
}

/** The busiest port, and where tunnels hide what goes round: the busiest interface in which the frames are as they were sent. */
function telling(lab: Lab, busiest: readonly BusyPort[]): readonly BusyPort[] {
  const switches = plannedSwitches(lab);
  const isSwitch = ({ node, link }: BusyPort) => switches.some((one) => one.node === node && one.bridge.name === link);
  const chosen = [busiest[0], busiest.find(isSwitch)].filter((port) => port !== undefined);
  return [...new Set(chosen)];
}

async function cutUntilCalm(lab: Lab, storm: Storm, signal: AbortSignal): Promise<readonly StormCut[]> {
  const cuts: StormCut[] = [];
  for await (const { end, far, known } of candidates(lab, storm)) {
    await setEnd(lab, end, false);
    const rest = await findStorm(lab, signal, async () => {});
    rest?.tap.close();
    const calm = rest === undefined;
    if (known || calm) cuts.push({ end, ...(far === undefined ? {} : { far }), seen: storm.seen });
    else await setEnd(lab, end, true);
    if (calm) return cuts;
  }
  return cuts;
}

interface Candidate {
  readonly end: LinkEnd;
  readonly far?: LinkEnd;
  /** A cable of which it is known that it closes a loop. */
  readonly known: boolean;
}

/**
 * Redundant cables first, as planned and then as they are: while a storm runs, a look at the kernel's links may take
 * seconds. Then busy ports, those that nobody planned before the others.
 */
async function* candidates(lab: Lab, { busiest }: Storm): AsyncGenerator<Candidate> {
  const tried = new Set<string>();
  const fresh = (end: LinkEnd): boolean => tried.size < tried.add(endName(end)).size;
  // A tunnel has no counters of its own in the kernel: that of its node has to do.
  const isBusy = (end: LinkEnd) =>
    busiest.some((port) => port.node === end.node && (port.link === end.link || isSwitchPort(lab, end)));
  for (const ports of ['planned', 'observed'] as const)
    for (const { near, far } of await redundantCables(lab, ports)) {
      // An end that is not busy may be gone.
      const [end, other] = isBusy(near) ? [near, far] : [far, near];
      if (isBusy(end) && fresh(end)) yield { end, far: other, known: true };
    }
  const others = busiest
    .filter((port) => leadsOn(lab, port))
    .toSorted((a, b) => Number(isPlanned(lab, a)) - Number(isPlanned(lab, b)));
  for (const { node, link } of others.slice(0, MOST_TRIES))
    if (fresh({ node, link })) yield { end: { node, link }, known: false };
}

function isPlanned(lab: Lab, { node, link }: LinkEnd): boolean {
  return lab.node(node).state.links.some(({ name }) => name === link);
}

/** A cable to a container or outsider is no part of a loop. */
function leadsOn(lab: Lab, { node, link }: LinkEnd): boolean {
  const own = lab.node(node).state.links.find(({ name }) => name === link);
  if (own?.kind !== 'veth') return true;
  return bridgingNodes(lab).has(own.peer.node);
}

async function linkExists(lab: Lab, end: LinkEnd): Promise<boolean> {
  if (isSwitchPort(lab, end)) return true;
  return (await bridgePorts(lab)).some((port) => port.node === end.node && port.link.name === end.link);
}
