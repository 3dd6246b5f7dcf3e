/** The texts that strategies come from, by the short names with which declarations quote them. */

export interface Source {
  /** Author, title and year. */
  readonly citation: string;
  readonly url?: string;
  /** What it describes, in a sentence or two. */
  readonly about: string;
}

export const sources: Readonly<Record<string, Source>> = {
  'poor-mens-cluster-ips': {
    citation: "Stefan Schimanski: Poor Men's Cluster-Unique IPs for Docker Clusters (2015)",
    url: 'http://sttts.github.io/docker/network/2015/01/31/poor-mens-cluster-container-ips.html',
    about:
      "One flat network of bridges: each host's br0 has the LAN interface inside and its own slice of the subnet. Strategy bridge-l2.",
  },
  'cluster-networking-talk': {
    citation: 'Stefan Schimanski: Cluster Networking with Docker, talk at Docker Frankfurt (2015)',
    url: 'http://sttts.github.io/docker/weave/mesos/2015/01/22/weave.html',
    about:
      'Part 1 is the flat network of bridges, part 2 an encrypted overlay with Weave over datacenter borders, part 3 services by name with Consul. Strategies bridge-l2 and encrypted-overlay, and discovery: consul.',
  },
  'home-cluster-routable-ips': {
    citation: 'Jeff Minard: Home Cluster (Part III): Docker Networking (2016)',
    about:
      'Containers right on the home LAN, with addresses that every machine there reaches, compared with overlays, port mapping and host networking. Strategies routable-lan, vxlan, port-mapping and host-network.',
  },
  'ovs-gre-mesh': {
    citation: 'Vincent: Multi-Host Docker Network (Wiredcraft, 2015)',
    url: 'https://wiredcraft.com/blog/multi-host-docker-network/',
    about:
      'Open vSwitch bridges joined by GRE tunnels into one segment, with a spanning tree that blocks what is too much. Strategy ovs-gre.',
  },
  'dhcp-ip-per-container': {
    citation: 'Vicente De Luca: Connecting Docker containers to production network - IP per container (2015)',
    about:
      "A lease per container from the LAN's own DHCP server, with names, and a collector of abandoned clients. Strategy dhcp.",
  },
};

/** The sources that texts quote, each once, in the order above. */
export function quotedSources(texts: Iterable<string>): ReadonlyArray<readonly [name: string, source: Source]> {
  const all = [...texts];
  return Object.entries(sources).filter(([name]) => all.some((text) => text.includes(name)));
}
