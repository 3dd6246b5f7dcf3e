import type { BrokenLab } from '../broken-lab.js';

const lab = { strategy: 'host-gw', hosts: 3, ipv6: false } as const;

/** Every way of breaking static routes between hosts that netlab is known to find. */
export const hostGw: readonly BrokenLab[] = [
  {
    title: 'a router without a route to one host’s subnet',
    lab,
    changes: [['r1', 'ip route del 10.4.2.0/24']],
    finds: {
      'lan-reachable': {
        where: 'r1:eth0',
        words: ['left o1:eth0, entered r1:eth0, never left r1:eth0', 'r1: route is none, planned 10.4.2.0/24'],
      },
      egress: {
        where: 'r1:eth0',
        words: ['h2c1 and h2c2 of h2 cannot reach world', 'world saw', 'r1: route is none, planned 10.4.2.0/24'],
      },
    },
    keeps: ['container-to-container'],
  },
  {
    title: 'a host that does not forward',
    lab,
    changes: [['h2', 'sysctl -w net.ipv4.ip_forward=0']],
    finds: {
      'container-to-container': {
        where: 'h2:br0',
        words: ['h2 is cut off', 'entered h2:eth1, never left h2:br0', 'net.ipv4.ip_forward is 0, planned 1'],
      },
      throughput: {
        where: 'h2:br0',
        words: ['h1c1 -> h2c1', 'its request for a connection left h1c1:eth0, entered h2:eth1, never left h2:br0'],
      },
    },
  },
  {
    title: 'a route to a host that is not there',
    lab,
    changes: [['h1', 'ip route replace 10.4.2.0/24 via 172.16.0.9 proto static']],
    finds: {
      'container-to-container': {
        where: /^h1/u,
        words: [/between h1 and h2/u, 'h1: route is none, planned 10.4.2.0/24 via 172.16.0.2'],
      },
    },
  },
  {
    title: 'masquerading left on',
    lab,
    changes: [
      [
        'h1',
        "nft 'table ip t { chain c { type nat hook postrouting priority srcnat; ip saddr 10.4.1.0/24 oifname eth1 masquerade; }; }'",
      ],
    ],
    finds: {
      'no-nat': {
        where: 'h1',
        words: ['h1c1 and h1c2 were seen as 172.16.0.1, which is h1', 'h1c1 seen as 10.4.1.2'],
      },
    },
  },
  {
    title: 'a router between two LANs that drops what goes to one subnet',
    lab: { ...lab, hosts: 2, outsiders: 0, underlay: { kind: 'routed' } },
    changes: [
      ['gw1', 'ip route del 10.4.2.0/24'],
      ['gw1', 'ip route add blackhole 10.4.2.0/24'],
    ],
    finds: {
      'crosses-routers': {
        where: 'gw1',
        words: ['nothing from h1c1 and h1c2 behind gw1', 'it ends at the router gw1', 'gw1 has no route to 10.4.2.2'],
      },
    },
  },
];
