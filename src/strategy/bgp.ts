/**
 * bgp: a subnet per host, or an address per container, told to the others by BGP; every host is the gateway of its containers.
 *
 *     h1 172.16.0.1, AS 64601                h2 172.16.0.2, AS 64602
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 10.4.1.2  c 10.4.1.3   │           │ c 10.4.2.2  c 10.4.2.3   │   granularity: host
 *     │    └────┬──────┘         │           │    └────┬──────┘         │
 *     │   br0 10.4.1.1    eth1 ──┼─── LAN ───┼── eth1    10.4.2.1 br0   │
 *     │       BIRD               │     │     │               BIRD       │
 *     └──────────────────────────┘     r1    └──────────────────────────┘
 *       "10.4.1.0/24 is here"  ──────▶ BIRD ◀──────  "10.4.2.0/24 is here"
 *
 * ## When to choose it
 *
 * As host-gw, for more than a handful of hosts or racks: routes come and go by themselves, and the routers know them.
 *
 * ## Its limit
 *
 * A routing daemon on every host and sessions with the routers. Whoever speaks BGP can announce too much: filter.
 * Outages last as long as hold timers or BFD say.
 *
 * ## What goes wrong
 *
 * An AS number twice, so that routes are dropped as loops; port 179 or BFD's ports filtered; a missing import filter;
 * maximum-paths 1 where ECMP was meant.
 */
import { z } from 'zod';
import { emptyNode, type NodeState } from '#lab/state.js';
import { type Addressing, separateLan } from '../cluster/addressing.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import type { Scenario } from '../scenario/scenario.js';
import { addressingParametersFor, checkAddressing, chosenAddressing } from './addressing-parameters.js';
import { birdService, type Origin, retrySeconds } from './bgp/bird.js';
import { attachRouted, containerAddresses } from './bgp/routed-container.js';
import { adjustedPromises, promises } from './bgp/promises.js';
import { speakersOf } from './bgp/speakers.js';
import type { Convergence, Design, Requirement, Strategy, Recoveries } from './contract.js';
import { bridging } from './flat-bridge.js';
import { attachToSlice, sliceBridge, sliceOf } from './routed-slices.js';
import { surroundings } from './surroundings.js';
import { containerMtuBytes, predictPlain } from './overhead.js';
import * as underlay from './underlay.js';

const parameters = z
  .strictObject({
    ...addressingParametersFor('10.4.0.0/16'),
    granularity: z
      .enum(['host', 'container'])
      .default('host')
      .describe(
        "host: each host announces its subnet, of which it is the gateway; container: each container's address by itself, with proxy ARP on the host, as Calico does",
      ),
    holdSeconds: z
      .int()
      .min(3)
      .max(240)
      .default(9)
      .describe('BGP hold time: without a word for so long, a neighbour and its routes are gone'),
    keepaliveSeconds: z
      .int()
      .min(1)
      .max(80)
      .default(3)
      .describe('BGP keepalive time, at most a third of the hold time'),
    bfd: z.boolean().default(true).describe('BFD beside BGP: a lost neighbour is noticed before the hold time is over'),
    bfdIntervalMs: z.int().min(50).max(10_000).default(300).describe('interval of BFD packets in milliseconds'),
    bfdMultiplier: z
      .int()
      .min(2)
      .max(50)
      .default(5)
      .describe('so many BFD packets missing mean that the neighbour is lost'),
    password: z
      .string()
      .regex(/^[\w.:+-]{1,80}$/u)
      .optional()
      .describe('TCP MD5 password of all sessions; none when absent')
      .meta({ examples: ['not-a-secret'] }),
  })
  .check(checkAddressing)
  .refine(({ holdSeconds, keepaliveSeconds }) => 3 * keepaliveSeconds <= holdSeconds, {
    path: ['keepaliveSeconds'],
    error: 'the keepalive time is at most a third of the hold time (RFC 4271, 4.4)',
  });

type Parameters = z.output<typeof parameters>;

export const bgp: Strategy<Parameters> = {
  name: 'bgp',
  title: 'A subnet per host, or an address per container, told by BGP',
  summary:
    'Each host is the gateway of its containers, and BIRD tells the router r1 by BGP what is behind it, as Calico does without an overlay. ' +
    'Each host and each router is an AS of its own, so one configuration serves one LAN and many, and a lost host takes its routes with it.',
  source: {
    text: 'Calico over IP fabrics, the AS per compute server model',
    url: 'https://docs.tigera.io/calico/latest/reference/architecture/design/l3-interconnect-fabric',
  },
  parameters,
  promises,
  addressing,
  design,
};

function addressing(chosen: Parameters): Addressing {
  return chosenAddressing(chosen, { hostsOn: 'lan', lan: separateLan, uplinkBy: 'lan' });
}

function design(scenario: Scenario, chosen: Parameters): Design {
  const cluster = resolveCluster(scenario, addressing(chosen));
  const mtu = predictPlain(cluster, 'routing encapsulates nothing');
  const isFine = chosen.granularity === 'container';
  const attach = isFine ? attachRouted : attachToSlice;
  return {
    cluster,
    mtu,
    egress: {
      gateway: 'host',
      nat: false,
      why: 'the host forwards, and the routers have learned the way back to the container',
    },
    infrastructure: {
      daemons: ['bird'],
      listeners: ['tcp/179', ...(chosen.bfd ? ['udp/3784', 'udp/ephemeral'] : [])],
      kernelFeatures: [],
    },
    requirements: [...(isFine ? cables : bridging), routing],
    convergence: { ...convergence(chosen), apart: cluster.underlay.nat },
    recovery: recoveryOf(chosen),
    promises: adjustedPromises(cluster, isFine),
    fabric: () => fabric(cluster, chosen),
    attach: (container, mtuBytes) => attach(cluster, container, mtuBytes ?? containerMtuBytes(mtu, container)),
  };
}

/** Without a bridge on the hosts. */
const cables: readonly Requirement[] = [
  { kind: 'link', name: 'veth', why: 'cables between nodes' },
  { kind: 'link', name: 'bridge', why: 'the switches between them' },
];

const routing: Requirement = {
  kind: 'binary',
  name: 'bird',
  debianPackage: 'bird2',
  why: 'speaks BGP on the hosts and their routers',
};

/** A session that was refused, as the neighbour was not there yet, is tried again; on a routed underlay one waits for the next. */
function convergence({ holdSeconds }: Parameters): Convergence {
  const { connectDelay, connectRetry, longestErrorWait } = retrySeconds;
  const attemptSeconds = connectDelay + connectRetry + longestErrorWait;
  return {
    deadlineMs: (2 * attemptSeconds + holdSeconds) * 1_000,
    why: `BGP: a session is tried after ${connectDelay} s, and again within ${attemptSeconds} s; one that hangs ends with its hold time of ${holdSeconds} s`,
  };
}

/** A lost host is noticed by BFD, or when the hold time is over; one that boots opens its sessions anew. */
function recoveryOf(chosen: Parameters): Recoveries {
  const { bfd, bfdIntervalMs, bfdMultiplier, holdSeconds } = chosen;
  const { deadlineMs, why } = convergence(chosen);
  const noticed = bfd
    ? {
        limitMs: bfdIntervalMs * bfdMultiplier + noticeMs,
        why: `BFD: ${bfdMultiplier} x ${bfdIntervalMs} ms without a packet`,
      }
    : { limitMs: holdSeconds * 1_000 + noticeMs, why: `BGP: hold time of ${holdSeconds} s` };
  return { host: noticed, reboot: { limitMs: deadlineMs, why } };
}

/** What a busy machine adds, and BIRD's own turn to take the routes out of the kernel. */
const noticeMs = 3_000;

function fabric(cluster: Cluster, chosen: Parameters): readonly NodeState[] {
  const prefixesOf = (host: Host) =>
    chosen.granularity === 'container' ? host.containers.map(containerAddresses) : [sliceOf(cluster, host)];
  const speakers = new Map(speakersOf(cluster, prefixesOf).map((speaker) => [speaker.name, speaker]));
  const withBird = (node: NodeState, origin: Origin): NodeState => {
    const speaker = speakers.get(node.name);
    if (speaker === undefined) return node;
    const service = birdService({ speaker, origin, sessions: chosen, network: cluster.network, prefixesOf });
    return { ...node, services: [...node.services, service] };
  };
  const hosts = cluster.hosts.map((host) => hostNode(cluster, host, chosen));
  return [
    ...surroundings(cluster).map((node) => withBird(node, 'none')),
    ...hosts.map((node) => withBird(node, chosen.granularity === 'container' ? 'kernel' : { interface: 'br0' })),
  ];
}

function hostNode(cluster: Cluster, host: Host, { granularity }: Parameters): NodeState {
  const eth1 = { ...underlay.lanLink(cluster, host), addresses: underlay.lanAddresses(cluster, host) };
  const bridge = granularity === 'container' ? [] : [sliceBridge(cluster, host)];
  return {
    ...emptyNode(host.name, 'host'),
    links: [...bridge, eth1, ...underlay.extraLinks(cluster, host)],
    routes: underlay.uplinkOf(cluster, host).routes,
    sysctls: underlay.forwardingSysctls(cluster),
  };
}
