/**
 * port-mapping: Docker's default, which the authors of the other ways want to leave behind: the same private network on
 * every host, behind NAT, and ports of containers published at the host's address.
 *
 *     h1 172.16.0.1                          h2 172.16.0.2
 *     ┌──────────────────────────┐           ┌──────────────────────────┐
 *     │ c 172.17.0.2  c 172.17.0.3           │ c 172.17.0.2  c 172.17.0.3   the same addresses
 *     │    └────┬──────┘         │           │    └────┬──────┘         │
 *     │ docker0 172.17.0.1  eth1 ┼─── LAN ───┼ eth1  172.17.0.1 docker0 │
 *     └──────────────────────────┘     │     └──────────────────────────┘
 *      172.16.0.1:8081 is c:80         r1
 *
 * ## When to choose it
 *
 * Nothing but Docker's default is available, or a handful of services is all there is.
 *
 * ## Its limit
 *
 * No container has an address that means anything beyond its host. Ports have to be handed out by somebody. Source
 * addresses are lost.
 *
 * ## What goes wrong
 *
 * Two services that want one port; a published port that is bound to one address only; an application that announces
 * its own, private address.
 */
import { z } from 'zod';
import { groupBy } from '#lab/group-by.js';
import { type BridgeLink, emptyNode, type NodeState } from '#lab/state.js';
import { macFromIpv4 } from '../address/mac.js';
import { addressAt } from '../address/prefix.js';
import { type Addressing, ipv6Of, separateLan } from '../cluster/addressing.js';
import type { Cluster, Host } from '../cluster/cluster.js';
import { resolveCluster } from '../cluster/resolve.js';
import { absent, type Declarations } from '../declaration/promise.js';
import type { Scenario } from '../scenario/scenario.js';
import { addressingParametersFor, chosenAddressing } from './addressing-parameters.js';
import type { Design, Requirement, Strategy } from './contract.js';
import { attachToBridge, bridging } from './flat-bridge.js';
import { hostRuleset } from './port-mapping/ruleset.js';
import { publications } from './port-mapping/publications.js';
import { promises } from './port-mapping/promises.js';
import { surroundings } from './surroundings.js';
import { containerMtuBytes, predictPlain } from './overhead.js';
import * as underlay from './underlay.js';

const port = z.int().min(1).max(65_535);
const { network, ipv6Network } = addressingParametersFor('172.17.0.0/16');
const publication = z.strictObject({
  container: z.string().describe('name of a container'),
  port: port.describe('TCP port at which it serves'),
  hostPort: port.describe("TCP port of its host's address"),
});
const parameters = z.strictObject({
  network: network.describe('IPv4 prefix of docker0, the same on every host'),
  ipv6Network: ipv6Network.describe('IPv6 prefix of docker0, the same on every host'),
  publish: z
    .array(publication)
    .optional()
    .describe(
      'which port of which container is at which port of its host (docker run -p); when absent port 80, and those of services, of each container from firstHostPort on',
    )
    .meta({ examples: [[{ container: 'h1c1', port: 80, hostPort: 8080 }]] }),
  firstHostPort: port.default(8081).describe("host port of the first container's port where `publish` is absent"),
});

export type Parameters = z.output<typeof parameters>;

export const portMapping: Strategy<Parameters> = {
  name: 'port-mapping',
  title: "Private addresses behind each host's NAT, with published ports",
  summary:
    'Every host has the same private network on docker0, 172.17.0.0/16, and masquerades what leaves it. ' +
    "Containers are reached at their host's address, by ports that somebody has to hand out: Docker's default.",
  source: {
    text: 'Docker, bridge network driver and published ports',
    url: 'https://docs.docker.com/engine/network/port-publishing/',
  },
  parameters,
  promises,
  addressing,
  design,
};

function addressing(chosen: Pick<Parameters, 'network' | 'ipv6Network'>): Addressing {
  const fixed = { sameSlice: true, hostsOn: 'lan', lan: separateLan, uplinkBy: 'lan' } as const;
  return chosenAddressing({ ...chosen, slicePrefixLength: 24 }, fixed);
}

function design(scenario: Scenario, chosen: Parameters): Design {
  const cluster = resolveCluster(scenario, addressing(chosen));
  const mtu = predictPlain(cluster, 'NAT encapsulates nothing');
  const published = publications(scenario, cluster, chosen);
  const byHost = groupBy(published, ({ host }) => host.name);
  const byPort = new Map(published.map((one) => [portKey(one.container, one.port), one]));
  return {
    cluster,
    mtu,
    egress: { gateway: 'host', nat: true, why: 'the host masquerades what leaves docker0, so world sees the host' },
    infrastructure: { daemons: [], listeners: [], kernelFeatures: [], forEgress: ['nftables nat'] },
    requirements: [...bridging, ...translating],
    promises: adjustedPromises(cluster),
    published: (container, wanted) => {
      const found = byPort.get(portKey(container, wanted));
      return found === undefined
        ? { address: container.ipv4, port: wanted }
        : { address: found.host.lanIpv4, port: found.hostPort };
    },
    fabric: () => [
      ...surroundings(cluster),
      ...cluster.hosts.map((host) => ({
        ...hostNode(cluster, host),
        nftables: hostRuleset(cluster, host, byHost.get(host.name) ?? []),
      })),
    ],
    attach: (container, mtuBytes) =>
      attachToBridge(
        cluster,
        container,
        mtuBytes ?? containerMtuBytes(mtu, container),
        underlay.defaultRoutes('eth0', gatewayOf(cluster)),
        { name: 'docker0' },
      ),
  };
}

const portKey = ({ name }: { readonly name: string }, own: number): string => `${name} ${own}`;

const translating: readonly Requirement[] = [
  { kind: 'nftables', name: 'nat', why: 'published ports, and masquerading of what leaves docker0' },
  { kind: 'binary', name: 'nft', debianPackage: 'nftables', why: 'loads the rules' },
];

function adjustedPromises({ underlay: { nat } }: Cluster): Partial<Declarations> {
  if (nat.length === 0) return {};
  const gone = absent(`${nat.join(', ')} behind NAT of its own: nobody outside reaches it unasked`);
  return { 'container-to-host': gone };
}

/** docker0's own address, on every host the same. */
function gatewayOf({ network: { ipv4, ipv6 } }: Cluster): underlay.Dual {
  const own = addressAt(ipv4, 1).text;
  return { ipv4: own, ...(ipv6 === undefined ? {} : { ipv6: ipv6Of(ipv6, own) }) };
}

function hostNode(cluster: Cluster, host: Host): NodeState {
  const gateway = gatewayOf(cluster);
  const docker0: BridgeLink = {
    kind: 'bridge',
    name: 'docker0',
    mtuBytes: host.mtuBytes,
    mac: macFromIpv4(gateway.ipv4),
    stp: false,
    forwardDelaySeconds: 0,
    addresses: underlay.inNetwork(cluster.network, gateway),
  };
  const eth1 = {
    ...underlay.lanLink(cluster, host),
    mac: macFromIpv4(host.lanIpv4),
    addresses: underlay.lanAddresses(cluster, host),
  };
  return {
    ...emptyNode(host.name, 'host'),
    links: [docker0, eth1, ...underlay.extraLinks(cluster, host)],
    routes: underlay.uplinkOf(cluster, host).routes,
    sysctls: underlay.forwardingSysctls(cluster),
  };
}
