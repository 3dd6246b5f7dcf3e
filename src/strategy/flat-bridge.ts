/** What the designs with one flat segment are made of: br0 on each host with eth1 inside, and containers as its ports. */
import { z } from 'zod';
import { LabError } from '#lab/errors.js';
import { type BridgeLink, emptyNode, type LinkState, type RouteState, type VethLink } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import type { Cluster, Container, Host } from '../cluster/cluster.js';
import { absent, promised } from '../declaration/promise.js';
import type { Attachment, Requirement, Design } from './contract.js';
import { interfaceName } from './interface-name.js';
import { spanningTreeRecovery } from './survival.js';
import { type Dual, extraLinks, inNetwork, lanLink, routedAddresses } from './underlay.js';

/** Parameters of a bridge that closes a loop where the scenario has more cables. */
export const spanningTreeParameters = {
  stp: z.boolean().default(false).describe("spanning tree on the hosts' bridges (bridge_stp)"),
  forwardDelaySeconds: z
    .int()
    .min(0)
    .max(30)
    .optional()
    .describe('STP forward delay (bridge_fd) in seconds; 0 without STP, 2 to 30 with it')
    .meta({ examples: [0] }),
};

interface SpanningTreeChoice {
  readonly stp: boolean;
  readonly forwardDelaySeconds?: number | undefined;
}

/** The kernel refuses a shorter delay while STP runs (BR_MIN_FORWARD_DELAY, net/bridge/br_private.h). */
const shortestDelaySeconds = 2;

/** Do the two fit each other? For the object's own `check`. */
export function checkForwardDelay(payload: z.core.ParsePayload<SpanningTreeChoice>): void {
  const { stp, forwardDelaySeconds = shortestDelaySeconds } = payload.value;
  if (!stp || forwardDelaySeconds >= shortestDelaySeconds) return;
  const message = 'with STP the forward delay is 2 to 30 seconds';
  payload.issues.push({ code: 'custom', path: ['forwardDelaySeconds'], message, input: payload.value });
}

/** The delay that was chosen, or the shortest one. */
export function withForwardDelay<T extends SpanningTreeChoice>(given: T) {
  return { ...given, forwardDelaySeconds: given.forwardDelaySeconds ?? (given.stp ? shortestDelaySeconds : 0) };
}

/** What more cables between hosts are good for. */
export function redundancy(
  { underlay }: Cluster,
  { stp, forwardDelaySeconds }: Pick<BridgeLink, 'stp' | 'forwardDelaySeconds'>,
): Pick<Design, 'promises' | 'recovery'> {
  if (underlay.extraLinks.length === 0) return {};
  if (!stp)
    return { promises: { 'survives-link-loss': absent('stp: false: of two ways both are open, which is a loop') } };
  const loss = spanningTreeRecovery(forwardDelaySeconds);
  const why = 'the spanning tree opens the cable that it had blocked';
  return { promises: { 'survives-link-loss': promised(why) }, recovery: { link: loss, host: loss, reboot: loss } };
}

export const bridging: readonly Requirement[] = [
  { kind: 'link', name: 'veth', why: 'cables between nodes' },
  { kind: 'link', name: 'bridge', why: 'br0 on each host' },
];

/** br0 with the host's address, and its ports: eth1, and the cables straight to other hosts. */
export function hostBridge(
  cluster: Cluster,
  host: Host,
  { stp, forwardDelaySeconds }: Pick<BridgeLink, 'stp' | 'forwardDelaySeconds'>,
): readonly LinkState[] {
  const bridge: BridgeLink = {
    kind: 'bridge',
    name: 'br0',
    mtuBytes: host.mtuBytes,
    // Left alone, a bridge takes the lowest MAC of its ports, and so changes its own whenever a container comes or goes.
    mac: macFromIpv4(host.ipv4),
    stp,
    forwardDelaySeconds,
    addresses: [...inNetwork(cluster.network, host), ...routedAddresses(cluster, host)],
  };
  const cables = [lanLink(cluster, host), ...extraLinks(cluster, host)];
  return [bridge, ...cables.map((cable) => ({ ...cable, master: 'br0' }))];
}

/** What a container is attached to. */
interface ContainerBridge {
  readonly name: string;
  readonly mtuBytes: number;
  /** That the container's address is in: all of the cluster's, or a part. */
  readonly network: Dual;
}

/**
 * A container whose eth0, or the interface of another of its groups, is a cable to a bridge of its host.
 * @param mtuBytes MTU of eth0; the host's end has that of the bridge at least
 * @param bridge br0 with the MTU of the host's eth1, unless it says otherwise
 */
export function attachToBridge(
  cluster: Cluster,
  container: Container,
  mtuBytes: number,
  routes: readonly RouteState[],
  bridge: Partial<ContainerBridge> = {},
): Attachment {
  const {
    name = 'br0',
    mtuBytes: bridgeMtuBytes = hostOf(cluster, container).mtuBytes,
    network = cluster.network,
  } = bridge;
  const number = container.interfaceNumber ?? 0;
  const port = interfaceName(number === 0 ? 'veth-' : `veth${number}-`, container.name);
  const own: VethLink = {
    kind: 'veth',
    name: `eth${number}`,
    mtuBytes,
    mac: container.mac,
    addresses: inNetwork(network, container),
    peer: { node: container.host, link: port },
  };
  const hostEnd: VethLink = {
    kind: 'veth',
    name: port,
    mtuBytes: Math.max(mtuBytes, bridgeMtuBytes),
    master: name,
    addresses: [],
    peer: { node: container.name, link: own.name },
  };
  return {
    container: {
      ...emptyNode(container.name, 'container', container.host),
      links: [own],
      // Two default routes would be one too many.
      routes: number === 0 ? routes : [],
    },
    host: { links: [hostEnd] },
  };
}

/** @throws LabError when the container's host is none of the cluster */
export function hostOf(cluster: Cluster, { name, host }: Container): Host {
  const found = cluster.hosts.find((one) => one.name === host);
  if (found === undefined) throw new LabError(`container ${name} is on ${host}, which is no host of the cluster`);
  return found;
}
