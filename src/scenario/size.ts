/** How large a lab may be: what its nodes take, and what a machine allows. Pure. */
import type { Room } from '#lab/room.js';
import type { Addressing } from '../cluster/addressing.js';
import type { Finding } from './problem.js';
import type { Rule } from './rule.js';
import type { Scenario } from './scenario.js';

/** As many as the sources' network, 10.1.0.0/16, has addresses: what a plan may have, whatever the machine. */
export const maxContainers = 65_536;

/** Kernel memory 0.34 MB and 0.1 MB of process 1: 4 hosts with 200 containers each of bridge-l2, Linux 6.18. */
const memoryBytesOfNode = 512 * 1024;
/** Its namespace and its rtnetlink socket. */
const ownFilesOfNode = 2;
/** While reachability is probed, of each family: an ICMP socket, a UDP server, a UDP client and a TCP server. */
const probingFilesOfNode = 4;
/** What netlab itself has open beside its nodes. */
const otherOpenFiles = 64;
/**
 * TCP probes that go on, 64 at a time and eight times as many that are lost (flows/flow-exchange.ts): each a connection, and
 * a second one tried after it or the other end of the first. In a small lab there are not so many pairs.
 */
const mostConnections = 2 * 512;

/** How many nodes there may be, why no more, and what would change that. */
export interface SizeLimit {
  readonly nodes: number;
  readonly why: string;
  /** @param wanted nodes */
  readonly remedy: (wanted: number) => string;
}

/** The narrowest limit for all labs at once. */
export function limitOfLabs(room: Room): SizeLimit {
  return narrowest(shared(room));
}

/** Each node is a network namespace of its own, but for containers that use their host's. */
export function nodesOf({ cluster }: Scenario, { containers }: Pick<Addressing, 'containers'>): number {
  const { hosts, outsiders, underlay } = cluster;
  // With routed underlay a switch and a router for each host; sw0 or sw1, r1 and world in any case.
  const around = outsiders.length + (underlay.kind === 'routed' ? 2 * hosts.length : 1) + 3;
  return hosts.length + around + (containers === 'host' ? 0 : containersOf(cluster));
}

const tooManyContainers: Rule = {
  id: 'too-many-containers',
  check({ cluster }) {
    const wanted = containersOf(cluster);
    if (wanted <= maxContainers) return [];
    return [at(`${wanted} containers on ${cluster.hosts.length} hosts`, `at most ${maxContainers} in a cluster`)];
  },
};

/** Of a scenario as such, on any machine. */
export const sizeRules: readonly Rule[] = [tooManyContainers];

/**
 * At most so many nodes checks have beside a lab at one time while they measure every promise: two or three hosts built once
 * more, and a few containers more on each host. Measured: 42 with 1 host, 40 to 51 with 2, 59 to 69 with 8.
 */
export function nodesBeside(hosts: number): number {
  return 45 + 3 * hosts;
}

/**
 * What is to be built must fit into this machine: asked before it is planned.
 * @param purpose `measure`: every promise, with what checks build beside the lab
 */
export function fitsInto(room: Room, purpose: 'build' | 'measure' = 'build'): Rule {
  return {
    id: 'too-large-here',
    check(scenario, addressing) {
      const containers = containersOf(scenario.cluster);
      // Said already, and for every machine.
      if (containers > maxContainers) return [];
      const hosts = scenario.cluster.hosts.length;
      const beside = purpose === 'measure' ? nodesBeside(hosts) : 0;
      // Containers that use their host's network have sockets of their own there.
      const needs = [
        { limit: openFiles(room, scenario.cluster.ipv6 ? 2 : 1), wanted: nodesOf(scenario, { containers: 'slice' }) },
        { limit: limitOfLabs(room), wanted: nodesOf(scenario, addressing) + beside, beside },
      ];
      const [tightest] = needs
        .filter(({ limit, wanted }) => wanted > limit.nodes)
        .toSorted((a, b) => a.limit.nodes - b.limit.nodes);
      if (tightest === undefined) return [];
      const { limit, wanted, beside: more = 0 } = tightest;
      const own = `${hosts} hosts with ${containers} containers are ${wanted - more} nodes`;
      const message = more === 0 ? own : `${own}, and checks build up to ${more} more beside them`;
      return [
        { ...at(message, `at most ${limit.nodes} nodes on this machine: ${limit.why}`), hint: limit.remedy(wanted) },
      ];
    },
  };
}

const at = (message: string, allowed: string): Finding => ({
  path: ['cluster', 'hosts'],
  otherwise: [['cluster', 'containers'], ['cluster']],
  message,
  allowed,
});

function openFiles({ openFiles: most }: Room, families: number): SizeLimit {
  const filesOfNode = ownFilesOfNode + families * probingFilesOfNode;
  const filesFor = (nodes: number): number =>
    nodes * filesOfNode + otherOpenFiles + Math.min(mostConnections, 2 * nodes ** 2);
  let nodes = Math.floor(Math.max(0, most - otherOpenFiles) / filesOfNode);
  while (nodes > 0 && filesFor(nodes) > most) nodes -= 1;
  return {
    nodes,
    why: `a process may have ${most} files open (ulimit -Hn), and a node takes ${filesOfNode} beside what all share`,
    remedy: (wanted) => `take fewer hosts or containers, or raise the limit: ulimit -n ${filesFor(wanted)}, as root`,
  };
}

function shared({ namespaces, memoryBytes }: Room): readonly SizeLimit[] {
  const megabytes = Math.floor(memoryBytes / 1e6);
  return [
    {
      nodes: namespaces,
      why: `a user may have ${namespaces} network namespaces (user.max_net_namespaces)`,
      remedy: (wanted) =>
        `take fewer hosts or containers, or raise the limit: sudo sysctl user.max_net_namespaces=${2 * wanted}`,
    },
    {
      nodes: Math.floor(memoryBytes / memoryBytesOfNode),
      why: `${megabytes} MB of memory are free, and a node takes about ${memoryBytesOfNode / 1024} KiB`,
      remedy: () => 'take fewer hosts or containers, or free memory',
    },
  ];
}

const narrowest = (limits: readonly SizeLimit[]): SizeLimit =>
  limits.reduce((least, one) => (one.nodes < least.nodes ? one : least));

const containersOf = ({ hosts }: Scenario['cluster']): number =>
  hosts.reduce((sum, { containers }) => sum + containers.length, 0);
