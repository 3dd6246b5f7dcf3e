/** Duplicate address detection: ARP probes as in RFC 5227, solicitations from :: as in RFC 4862. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { arpProbe, duplicateAddressSolicitation } from '#lab/frames.js';
import type { ObservedLink, ObservedRoute } from '#lab/lab.js';
import { type Frame, type NodeSockets, openAll, type PacketSocket } from '#lab/sockets.js';
import { parsePrefix } from '../../address/prefix.js';
import type { Endpoint } from '../../plan/plan.js';
import type { CheckContext } from '../../check/contract.js';
import type { Holders } from '../../probes/holders.js';
import { patiently } from '../../probes/patience.js';
import {
  answerKey,
  type Control,
  type ControlProbe,
  controlsOf,
  type DeafLink,
  deafLinks,
  type Surroundings,
} from './control-probes.js';
import type { Claim } from './duplicates.js';
import { readAnnouncement } from './wire-announcements.js';
import { type ClaimContext, claimOf, type Station } from './wire-claims.js';

/**
 * Where not even a control is answered the probes are sent again: an interface that has just come up is deaf to IPv6 for up
 * to a second (linkwatch, net/core/link_watch.c).
 */
const mostRounds = 8;
/** How long an answer may take. RFC 5227 waits 1 to 2 s for slow machines; here all are one machine. */
const listenMs = 150;
/** Among more endpoints the kernel's queues get a turn to drain between one station's broadcasts and the next one's. */
const MANY = 100;
/** Ethernet, IPv6 and a neighbour advertisement with its option fit. */
const snapLengthBytes = 128;

export interface ProbeFindings {
  readonly claims: readonly Claim[];
  readonly controls: readonly Control[];
  /** Links on which no control of a family was answered. */
  readonly deaf: readonly DeafLink[];
}

/** Everything heard during the round. */
interface Heard {
  readonly claims: Claim[];
  /** `node address`: that the node heard the owner of the address. */
  readonly answers: Set<string>;
}

/**
 * Probes each endpoint's addresses from its own link, all at once, and listens on all these links meanwhile.
 * @param all endpoints among which controls are chosen
 */
export async function probeAll(
  { lab, plan, signal }: CheckContext,
  holders: Holders,
  chosen: readonly Endpoint[],
  all: readonly Endpoint[],
): Promise<ProbeFindings> {
  const heard: Heard = { claims: [], answers: new Set() };
  const problems = new Map<string, string>();
  const places = await Promise.all(chosen.map(async (endpoint) => ({ endpoint, seen: await seenFrom(lab, endpoint) })));
  const stations = places.flatMap(({ endpoint, seen }) => stationOf(seen, endpoint, problems));
  const controls = places
    .filter(({ endpoint }) => stations.some((station) => station.endpoint === endpoint))
    .flatMap(({ endpoint, seen }) => controlsOf(endpoint, all, surroundingsOf(plan, seen, holders, endpoint)));
  const sockets = await openAll(stations, (station) =>
    listen(lab.node(station.endpoint.node).sockets, station, heard, { holders, stations }),
  );
  for (const [index, socket] of sockets.entries())
    socket.onRefused = ({ message }) => void problems.set(stations[index]?.endpoint.node ?? '', message);
  let judged: readonly Control[] = [];
  let deaf: readonly DeafLink[] = stations.map(({ endpoint: { node, link } }) => ({ node, link, why: 'not probed' }));
  try {
    for (let round = 1; round <= mostRounds && deaf.length > 0; round += 1) {
      const unheard = new Set(deaf.map(({ node }) => node));
      for (const [index, station] of stations.entries()) {
        if (!unheard.has(station.endpoint.node)) continue;
        send(station, sockets[index], controls);
        if (all.length > MANY) await nextTurn();
      }
      await patiently(() => false, listenMs, signal);
      judged = controls.map((control) => ({ ...control, answered: heard.answers.has(answerKey(control)) }));
      deaf = deafLinks(chosen, judged, problems, round * listenMs);
    }
  } finally {
    for (const socket of sockets) socket.close();
  }
  return { claims: heard.claims, controls: judged, deaf };
}

/** An endpoint's link and the routes of its node, by what the kernel says. */
interface Seen {
  readonly found: ObservedLink | undefined;
  readonly routes: readonly ObservedRoute[];
}

async function seenFrom(lab: CheckContext['lab'], { node, link }: Endpoint): Promise<Seen> {
  const { links = [], routes = [] } = (await lab.nodes.get(node)?.observe()) ?? {};
  return { found: links.find(({ name }) => name === link), routes };
}

/** None where the link is gone, and where it has no MAC: that is no broadcast medium, nobody else could answer there. */
function stationOf({ found }: Seen, endpoint: Endpoint, problems: Map<string, string>): readonly Station[] {
  const { node, link } = endpoint;
  if (found === undefined) problems.set(node, `it has no interface ${link}`);
  return found === undefined || isWithoutMac(found.mac) ? [] : [{ endpoint, mac: found.mac }];
}

/** By the plan, so that a changed prefix length does not change who is asked; by the kernel where the plan leaves it open. */
function surroundingsOf(
  plan: CheckContext['plan'],
  { found, routes }: Seen,
  holders: Holders,
  { node, link }: Endpoint,
): Surroundings {
  const planned =
    plan.nodes.find(({ name }) => name === node)?.links.find(({ name }) => name === link)?.addresses ?? [];
  const observed = found?.addresses ?? [];
  const gateways = routes.flatMap(({ via }) => via ?? []);
  return {
    prefixes: (planned.length > 0 ? planned : observed).map(parsePrefix),
    gateways: gateways.flatMap((address) =>
      holders.ofAddress(address).map((holder) => ({ node: holder.node, address })),
    ),
  };
}

function isWithoutMac(mac: string): boolean {
  return mac === '' || mac === '00:00:00:00:00:00';
}

async function listen(
  nodeSockets: NodeSockets,
  station: Station,
  heard: Heard,
  context: ClaimContext,
): Promise<PacketSocket> {
  const { endpoint } = station;
  // One socket for both families: the kernel takes some 10 ms to close a packet socket (synchronize_net, af_packet.c).
  const socket = await nodeSockets.packet({ link: endpoint.link, snapLengthBytes });
  socket.onFrame = ({ data, outgoing }: Frame): void => {
    const announcement = readAnnouncement(data);
    if (announcement === undefined) return;
    const claim = claimOf(context, station, announcement, outgoing);
    if (claim !== undefined) heard.claims.push(claim);
    if (!outgoing) heard.answers.add(`${endpoint.node} ${announcement.address}`);
  };
  return socket;
}

function send({ endpoint, mac }: Station, socket: PacketSocket | undefined, controls: readonly ControlProbe[]): void {
  const own = controls.filter(({ from }) => from.node === endpoint.node).map(({ to }) => to.address);
  const targets = [endpoint.ipv4, endpoint.ipv6, ...own].filter((address) => address !== undefined);
  for (const target of targets) {
    const frame = target.includes(':') ? duplicateAddressSolicitation(mac, target) : arpProbe(mac, target);
    socket?.send(endpoint.link, frame);
  }
}
