/** Bridge ports that do not forward: held back by a spanning tree, for a while or for good, or just come up. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab, LabNode, ObservedLink } from '#lab/lab.js';
import type { BridgeLink } from '#lab/state.js';
import { observeAll } from './observed-link.js';
import { markOverdue, overdueNodes } from './overdue-ports.js';
import { patiently } from './patience.js';
import { switchPortsSettled } from './switch-ports.js';

/** 15 s, the kernel's default (IEEE 802.1D-1998, table 8-3), for bridges that nobody planned. */
const DEFAULT_FORWARD_DELAY_SECONDS = 15;
/** The kernel tells a bridge of a port's carrier later, by a worker that may hold itself back for 1 s (net/core/link_watch.c). */
const CARRIER_MS = 1500;
/** Each look asks the kernel for the links of all hosts. */
const LOOK_MS = 50;
/** BPDUs come every 2 s; a port may have to hear one more before it decides. */
const HELLO_MS = 2000;

/** Nodes that have bridges. */
export function bridgingNodes(lab: Lab): ReadonlyMap<string, LabNode> {
  return new Map([...lab.nodes].filter(([, { state }]) => state.role === 'host' || state.role === 'switch'));
}

export interface BridgePort {
  readonly node: string;
  readonly link: ObservedLink;
}

/** Every port of every bridge of the hosts and switches, as it is now. */
export async function bridgePorts(lab: Lab): Promise<readonly BridgePort[]> {
  const nodes = await observeAll(bridgingNodes(lab).values());
  return nodes.flatMap(({ name: node, links }) =>
    links.flatMap((link) => (link.master === undefined ? [] : [{ node, link }])),
  );
}

/**
 * Waits until no bridge port is on its way to forwarding or blocking (IEEE 802.1D: listening and learning take one forward
 * delay each). Returns at once where all have arrived, and does not wait for a node again that was too slow before.
 * @returns how many ports were still undecided at the deadline
 */
export async function portsSettled(lab: Lab, signal: AbortSignal): Promise<number> {
  const [ports, switchPorts] = await Promise.all([bridgePortsSettled(lab, signal), switchPortsSettled(lab, signal)]);
  return ports.length + switchPorts.length;
}

async function bridgePortsSettled(lab: Lab, signal: AbortSignal): Promise<readonly BridgePort[]> {
  let undecided = await undecidedPorts(lab);
  const awaited = (): readonly BridgePort[] => undecided.filter(({ node }) => !overdueNodes(lab).has(node));
  const look = async (): Promise<boolean> => {
    undecided = await undecidedPorts(lab);
    return awaited().length === 0;
  };
  if (awaited().length === 0) return undecided;
  await patiently(look, CARRIER_MS, signal);
  // The kernel's timers run by the clock, however late netlab itself is.
  const untilMs = performance.now() + 2 * forwardDelayMs(lab) + HELLO_MS;
  while (awaited().some(isHeldBack) && performance.now() < untilMs) {
    await delay(LOOK_MS, undefined, { signal });
    await look();
  }
  markOverdue(
    lab,
    awaited().map(({ node }) => node),
  );
  return undecided;
}

/** Ports of which it is not yet known whether they will forward. */
export async function undecidedPorts(lab: Lab): Promise<readonly BridgePort[]> {
  return (await bridgePorts(lab)).filter((port) => isHeldBack(port) || isUnnoticed(port));
}

function isHeldBack({ link }: BridgePort): boolean {
  return link.portState === 'listening' || link.portState === 'learning';
}

/** Up and with a carrier, and its bridge does not know yet. */
function isUnnoticed({ link }: BridgePort): boolean {
  return link.up && link.running && link.portState === 'disabled';
}

function forwardDelayMs(lab: Lab): number {
  const bridges = [...lab.nodes.values()].flatMap(({ state }) =>
    state.links.filter((link): link is BridgeLink => link.kind === 'bridge'),
  );
  const delays = bridges.filter(({ stp }) => stp).map(({ forwardDelaySeconds }) => forwardDelaySeconds);
  return 1000 * (delays.length === 0 ? DEFAULT_FORWARD_DELAY_SECONDS : Math.max(...delays));
}
