/** Ports of bridges that daemons forward for: tunnels to other hosts, held back or blocked by a spanning tree. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '#lab/lab.js';
import type { LinkEnd, SwitchBridge } from '#lab/state.js';
import { markOverdue, overdueNodes } from './overdue-ports.js';
import type { ObservedSwitch, ObservedSwitchPort } from '#lab/switches.js';

/** Each look asks the daemons of all hosts. */
const LOOK_MS = 100;
/** BPDUs come every 2 s, and a port may have to hear one more before it decides. */
const HELLO_MS = 2_000;

/** A bridge as its daemon was told to have it. */
export interface PlannedSwitch {
  readonly node: string;
  readonly bridge: SwitchBridge;
}

export interface NodeSwitch {
  readonly node: string;
  readonly observed: ObservedSwitch;
}

/** A tunnel from bridge to bridge, told once. */
export interface Tunnel {
  readonly near: LinkEnd;
  readonly far: LinkEnd;
}

export function plannedSwitches(lab: Lab): readonly PlannedSwitch[] {
  return [...lab.nodes].flatMap(([node, { state }]) =>
    state.services.flatMap((service) => (service.switch?.bridges ?? []).map((bridge) => ({ node, bridge }))),
  );
}

/** Asks every daemon that switches. */
export async function observeSwitches(lab: Lab): Promise<readonly NodeSwitch[]> {
  const nodes = [...new Set(plannedSwitches(lab).map(({ node }) => node))];
  const observed = nodes.map(async (node) => {
    const own = await lab.node(node).switches.observe();
    return own.map((one) => ({ node, observed: one }));
  });
  return (await Promise.all(observed)).flat();
}

const nodeOf = (portName: string): string => portName.split(':', 1)[0] ?? '';
export const switchPortName = (node: string, port: string): string => `${node}:${port}`;

/** Whether that end is a port of such a bridge, and no interface of the node. */
export function isSwitchPort(lab: Lab, end: LinkEnd): boolean {
  if (lab.node(end.node).state.links.some(({ name }) => name === end.link)) return false;
  const own = plannedSwitches(lab).filter(({ node }) => node === end.node);
  return own.some(({ bridge }) => bridge.ports.some(({ name }) => name === end.link));
}

/** The tunnels of the plan, each from the end whose name comes first. */
export function plannedTunnels(switches: readonly PlannedSwitch[]): readonly Tunnel[] {
  return switches.flatMap(({ node, bridge }) =>
    bridge.ports.flatMap(({ name, peer }) =>
      peer === undefined || node > peer.node ? [] : [{ near: { node, link: name }, far: peer }],
    ),
  );
}

/** Ports by `node:port`, with the state in which their spanning tree has them; those without one forward. */
export function portsByName(switches: readonly NodeSwitch[]): ReadonlyMap<string, ObservedSwitchPort> {
  return new Map(
    switches.flatMap(({ node, observed }) =>
      observed.ports.map((port) => [switchPortName(node, port.name), port] as const),
    ),
  );
}

/** Ports of which it is not yet known whether they will forward. A tunnel whose other end is blocked for good carries nothing. */
export function heldBackPorts(lab: Lab, switches: readonly NodeSwitch[]): readonly string[] {
  const ports = portsByName(switches);
  const peers = new Map(
    plannedSwitches(lab).flatMap(({ node, bridge }) =>
      bridge.ports.map(({ name, peer }) => [switchPortName(node, name), peer] as const),
    ),
  );
  const isBlocked = (end: LinkEnd | undefined): boolean =>
    end !== undefined && ports.get(switchPortName(end.node, end.link))?.portState === 'blocking';
  return [...ports].flatMap(([name, { portState }]) =>
    (portState === 'listening' || portState === 'learning') && !isBlocked(peers.get(name)) ? [name] : [],
  );
}

/**
 * Waits until no port of a switch is on its way to forwarding or blocking. Returns at once where there is no switch.
 * @param limitMs how long it may take; two forward delays of the slowest spanning tree when absent
 * @returns those that were still undecided then
 */
export async function switchPortsSettled(lab: Lab, signal: AbortSignal, limitMs?: number): Promise<readonly string[]> {
  const planned = plannedSwitches(lab);
  if (planned.length === 0) return [];
  const delays = planned.map(({ bridge }) => (bridge.spanningTree === 'off' ? 0 : bridge.forwardDelaySeconds));
  const awaited = (all: readonly string[]) => all.filter((name) => !overdueNodes(lab).has(nodeOf(name)));
  const untilMs = performance.now() + (limitMs ?? 2_000 * Math.max(...delays) + HELLO_MS);
  let undecided = heldBackPorts(lab, await observeSwitches(lab));
  while (awaited(undecided).length > 0 && performance.now() < untilMs) {
    await delay(LOOK_MS, undefined, { signal });
    undecided = heldBackPorts(lab, await observeSwitches(lab));
  }
  if (limitMs === undefined) markOverdue(lab, awaited(undecided).map(nodeOf));
  return undecided;
}
