/**
 * host-network: containers without a network of their own (`docker run --net host`): one of the ways that the sources want
 * to leave behind.
 *
 *     h1 192.168.0.51                        h2 192.168.0.52
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ eth1 of h1, c1 and c2    │─── LAN ───│ eth1 of h2, c1 and c2    │
 *     └──────────────────────────┘     │     └──────────────────────────┘
 *                                r1 192.168.0.1 ── world
 *
 * ## When to choose it
 *
 * One service per port and host, the best speed, and no isolation asked for.
 *
 * ## Its limit
 *
 * Containers share ports, interfaces and even the loopback of their host. The second service of a port does not start.
 *
 * ## What goes wrong
 *
 * Port conflicts; services that listen on 127.0.0.1 and are reached by every container of the host.
 */
import { z } from 'zod';
import { LabError } from '#lab/errors.js';
import { emptyNode, type NodeState } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import type { Addressing } from '../cluster/addressing.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations, type PromiseName, promised, silent } from '../declaration/promise.js';
import { servicesByContainer } from '../cluster/serving.js';
import type { Scenario } from '../scenario/scenario.js';
import { chosenAddressing } from './addressing-parameters.js';
import type { Design, EgressExpectation, Requirement, Strategy } from './contract.js';
import { lanParameters } from './lan-slices.js';
import { withoutIpv6 } from './layer-2.js';
import { independentHosts } from './survival.js';
import { surroundings } from './surroundings.js';
import { predictPlain } from './overhead.js';
import * as underlay from './underlay.js';

const { network, ipv6Network, firstHost } = lanParameters;
const parameters = z.strictObject({ network, ipv6Network, firstHost });

type Parameters = z.output<typeof parameters>;

const own = "the containers' addresses are their host's own";
const promises: Declarations = {
  'unique-address': absent(`${own}: all containers of a host have the same one`),
  'container-to-container': promised(`${own}, and hosts reach each other; who is meant is told by the port alone`),
  'host-to-container': promised(`${own}, and hosts reach each other`),
  'container-to-host': promised(`${own}, and hosts reach each other`),
  'lan-reachable': promised(`${own}: to the LAN containers are processes of their host`),
  'no-nat': promised('nothing is between a container and the wire'),
  'native-ports': absent(
    'home-cluster-routable-ips: "two web servers that both want a port 80": the second one gets EADDRINUSE',
  ),
  'path-mtu': promised("it is the host's own interface"),
  throughput: promised('nothing is between a container and the wire'),
  egress: promised("the host's own default route, through the LAN's router"),
  'crosses-routers': promised(`${own}, to which routers know the way`),
  'broadcast-domain': absent('containers of one host are one machine on the wire: no frame comes back to them'),
  'loop-free': promised('a host forwards nothing'),
  encrypted: absent('packets cross the wire as the containers send them'),
  isolation: absent('containers see even the loopback interface of their host'),
  'dual-stack': promised("the host's own addresses of both families"),
  names: silent("a container's name says nothing: its address is its host's"),
  'service-discovery': silent('an agent on the host sees all its containers; a scenario may add one'),
  'lease-hygiene': absent('containers need no lease'),
  ...independentHosts('no host forwards for others', "there is nothing but the host's own address"),
  'address-capacity': absent('no address is given out, so none runs out; the ports of the one address do'),
  'infrastructure-free': promised('there is nothing at all'),
};

export const hostNetwork: Strategy<Parameters> = {
  name: 'host-network',
  title: "Containers in their host's own network",
  summary:
    "Containers share the host's network namespace (docker run --net host): its interfaces, its address, its ports. " +
    'Nothing has to be set up, nothing is translated, and whoever wants a port that another container of the host has does not get it.',
  source: { text: 'Docker, host network driver', url: 'https://docs.docker.com/engine/network/drivers/host/' },
  parameters,
  promises,
  addressing: schemeOf,
  design,
};

/** On a routed underlay hosts have addresses of their own subnets instead. */
function schemeOf(chosen: Parameters): Addressing {
  const fixed = { firstHost: chosen.firstHost, containers: 'host', hostsOn: 'lan', uplinkBy: 'lan' } as const;
  return chosenAddressing({ ...chosen, slicePrefixLength: 24 }, fixed);
}

function design(scenario: Scenario, chosen: Parameters): Design {
  const cluster = resolveCluster(scenario, schemeOf(chosen));
  refuseCollisions(scenario);
  const mtu = predictPlain(cluster, "the host's own interface");
  return {
    cluster,
    mtu,
    egress: egress(cluster),
    infrastructure: { daemons: [], listeners: [], kernelFeatures: [] },
    requirements: cables,
    promises: { ...behindNat(cluster), ...withoutIpv6(cluster) },
    fabric: () => [...surroundings(cluster), ...cluster.hosts.map((host) => hostNode(cluster, host))],
    attach: ({ name, host }) => ({
      container: { ...emptyNode(name, 'container', host), sharesNetworkOf: host },
      host: { links: [] },
    }),
  };
}

function egress({ underlay: { nat } }: Cluster): EgressExpectation {
  const router =
    nat.length === 0
      ? "the LAN's router leaves addresses alone"
      : `only the routers of ${nat.join(', ')} translate addresses`;
  return { gateway: 'router', nat: false, why: `the host's own default route; ${router}` };
}

/** What needs hosts that reach each other. */
const lostBehindNat: readonly PromiseName[] = [
  'container-to-container',
  'host-to-container',
  'container-to-host',
  'lan-reachable',
  'no-nat',
  'path-mtu',
  'throughput',
  'crosses-routers',
  'dual-stack',
];

function behindNat({ underlay: { nat } }: Cluster): Partial<Declarations> {
  if (nat.length === 0) return {};
  const gone = absent(`${nat.join(', ')} behind NAT: nobody outside reaches it unasked, nor its containers`);
  return Object.fromEntries(lostBehindNat.map((name) => [name, gone]));
}

/** @throws LabError when two containers of a host are to serve the same port, or agents of discovery are */
function refuseCollisions({ cluster, services, discovery }: Scenario): void {
  if (services.length > 0 && discovery.kind === 'consul' && discovery.agents === 'container')
    throw new LabError("discovery: an agent in a container wants the ports that its host's agent has", {
      remedy: 'Leave out `agents: container`: the agent of the host is theirs, too.',
    });

  const servedBy = servicesByContainer(services);
  const collisions = cluster.hosts.flatMap(({ name, containers }) => {
    const owners = new Map<number, string>();
    const wanted = containers.flatMap((one) => servedBy(one).map(({ port }) => ({ port, container: one.name })));
    return wanted.flatMap(({ port, container }) => {
      const twin = owners.get(port);
      owners.set(port, twin ?? container);
      const both = `${twin} and ${container} both want port ${port} of ${name}`;
      return twin === undefined ? [] : [`services: ${both}, and only one of them can get it`];
    });
  });
  if (collisions.length > 0)
    throw new LabError(collisions.join('\n'), { remedy: 'Give each of them a port, or a host, of its own.' });
}

const cables: readonly Requirement[] = [{ kind: 'link', name: 'veth', why: 'cables between nodes' }];

function hostNode(cluster: Cluster, host: Host): NodeState {
  const addresses = underlay.lanAddresses(cluster, host);
  const eth1 = { ...underlay.lanLink(cluster, host), mac: macFromIpv4(host.lanIpv4), addresses };
  const links = [eth1, ...underlay.extraLinks(cluster, host)];
  return { ...emptyNode(host.name, 'host'), links, routes: underlay.uplinkOf(cluster, host).routes };
}
