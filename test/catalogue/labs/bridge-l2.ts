import type { BrokenLab, Change } from '../broken-lab.js';

const strategy = 'bridge-l2';

/** From then on the bridges of this node hand packets of IPv4 to the IP hooks. */
const inIpHooks = (node: string): Change => [node, 'sysctl -w net.bridge.bridge-nf-call-iptables=1'];

const cutOff = { where: 'h2:eth1', words: ['h2'] };

/** Ways of breaking who reaches whom, as whom, and at which port, on a flat layer-2 LAN. */
export const bridgeL2: readonly BrokenLab[] = [
  {
    title: 'a host whose LAN interface is no port of its bridge',
    lab: { strategy },
    changes: [['h2', 'ip link set eth1 nomaster']],
    finds: {
      'container-to-container': [
        { where: 'h2:eth1', words: ['h2 is cut off', 'master is none, planned br0'] },
        { where: 'h2:eth1', words: ['24 flows lost', 'ICMP, TCP and UDP'] },
      ],
      'host-to-container': cutOff,
      'container-to-host': cutOff,
      'lan-reachable': cutOff,
      'native-ports': { where: 'h2', words: ['h2', 'at another port 0 of'] },
    },
  },
  {
    title: 'a host that drops what it forwards, bridged frames included',
    lab: { strategy },
    changes: [
      inIpHooks('h1'),
      ['h1', "nft 'table ip t { chain c { type filter hook forward priority 0; policy drop; }; }'"],
    ],
    finds: {
      'container-to-container': {
        where: /^h1/u,
        words: [
          'h1 passes nothing on for its containers by ICMP, TCP and UDP: 30 flows lost',
          'h1: nftables is table ip t: chain c: type filter hook forward priority filter; policy drop;, planned none',
        ],
      },
      'host-to-container': { where: /^h1/u, words: ['h1'] },
    },
    keeps: ['dual-stack'],
  },
  {
    title: 'ports that are isolated from each other',
    lab: { strategy },
    changes: [['h1', 'for port in 1 2; do bridge link set dev veth-h1c$port isolated on; done']],
    finds: {
      'container-to-container': {
        where: /^h1:veth-h1c[12]$/u,
        words: ['h1:veth-h1c1: isolated is on, planned off'],
      },
    },
  },
  {
    title: 'a container without IPv6',
    lab: { strategy },
    changes: [['h1c1', 'sysctl -w net.ipv6.conf.all.disable_ipv6=1']],
    finds: {
      'dual-stack': { where: /^h1c1/u, words: ['h1c1:eth0: net.ipv6.conf.eth0.disable_ipv6 is 1, planned 0'] },
    },
    keeps: ['container-to-container'],
  },
  {
    title: 'a container whose interface is gone',
    lab: { strategy },
    changes: [['h1c1', 'ip link del eth0']],
    finds: {
      'container-to-container': { where: 'h1c1:eth0', words: ['h1c1 reaches nobody', 'link is none, planned veth'] },
      'broadcast-domain': { where: 'h1:veth-h1c1', words: ['h1:veth-h1c1, h1c1:eth0 are not there'] },
    },
  },
  {
    title: 'a container whose own rules refuse its answers by UDP',
    lab: { strategy, containers: 1 },
    changes: [['h2c1', "nft 'table ip t { chain c { type filter hook output priority 0; meta l4proto udp drop; }; }'"]],
    finds: { 'container-to-container': { where: /^h2c1/u, words: ['UDP'] } },
  },
  {
    title: 'a host without the route to the cluster, one without IPv6, an outsider in another subnet',
    lab: { strategy, hosts: 3, containers: 1 },
    changes: [
      ['h2', 'sysctl -w net.ipv6.conf.all.disable_ipv6=1'],
      ['h3', 'ip route del 10.1.0.0/16 dev br0'],
      ['o1', 'ip addr del 10.1.255.1/16 dev eth0; ip addr add 10.1.255.1/24 dev eth0'],
    ],
    finds: {
      'host-to-container': { where: /^h3/u, words: ['h3 reaches nobody'] },
      'container-to-host': { where: /^h3/u, words: ['h3'] },
      'lan-reachable': {
        where: 'o1:eth0',
        words: ['o1 reaches nobody and nobody reaches it', 'address is none, planned 10.1.255.1/16'],
      },
      'dual-stack': { where: /^h2/u, words: ['h2 reaches nobody and nobody reaches it'] },
    },
    keeps: ['container-to-container'],
  },
  {
    title: 'masquerading of bridged traffic: receivers see the host',
    lab: { strategy, parameters: { masquerade: 'always' } },
    changes: [inIpHooks('h1'), inIpHooks('h2')],
    finds: {
      'no-nat': [
        {
          where: 'h1',
          words: [
            "h1c1, h1c2, h2c1, h2c2, h2 and o1 were seen as 10.1.0.1, which is h1's (h1:br0)",
            'h1c1 seen as 10.1.1.2',
            'TCP and UDP',
          ],
        },
        { where: 'h2', words: ['were seen as 10.1.0.2, which is h2'] },
      ],
    },
  },
  {
    title: 'addresses of IPv6 translated in one container',
    lab: { strategy },
    changes: [
      [
        'h1c1',
        "nft 'table ip6 t { chain c { type nat hook postrouting priority srcnat; ip6 daddr fd00::/8 snat to fd00::77; }; }'",
      ],
    ],
    finds: { 'no-nat': { where: /^$/u, words: ['h1c1', 'seen as fd00::77', 'which no node of the lab has'] } },
  },
  {
    title: 'a port that one host blocks',
    lab: { strategy },
    changes: [
      inIpHooks('h2'),
      [
        'h2',
        "nft 'table ip t { chain c { type filter hook forward priority 0; ip daddr 10.1.2.0/24 tcp dport 80 drop; }; }'",
      ],
    ],
    finds: {
      'native-ports': {
        where: 'h2',
        words: [
          'at port 80 by TCP: 4 requests',
          'h2c1 (10.1.2.2:80)',
          'at another port all of them are answered: port 80 is blocked',
        ],
      },
    },
  },
  {
    title: 'a service answered by another container',
    lab: { strategy },
    changes: [
      inIpHooks('h1'),
      [
        'h1',
        "nft 'table ip t { chain c { type nat hook prerouting priority dstnat; ip daddr 10.1.1.3 tcp dport 80 dnat to 10.1.1.2; }; }'",
      ],
    ],
    finds: {
      'native-ports': { where: 'h1c1', words: ['10.1.1.3:80, the address of h1c2, was answered by h1c1'] },
    },
  },
  {
    title: 'an address, an address of IPv6 and a MAC that another has, too',
    lab: { strategy },
    changes: [
      ['h1c1', 'ip addr add 10.1.2.2/16 dev eth0'],
      ['h2', 'ip -6 addr add fd00:10:1:0:10:1:1:3/64 dev br0 nodad'],
      ['h1c2', 'ip link set eth0 address 02:42:0a:01:02:03'],
    ],
    finds: {
      'unique-address': [
        {
          where: 'h1c1',
          words: [
            '10.1.2.2 is there twice',
            'only h2c1 has it',
            'h1c1 (02:42:0a:01:01:02) answered the ARP probe of h2c1',
          ],
        },
        {
          where: 'h2',
          words: ['fd00:10:1:0:10:1:1:3 is there twice', 'h1c2', 'advertised fd00:10:1:0:10:1:1:3 to h1c2'],
        },
        {
          where: 'h1c2',
          words: ['MAC 02:42:0a:01:02:03 is there twice', 'h1c2:eth0 and h2c2:eth0', 'only h2c2 has it'],
        },
      ],
    },
  },
  {
    title: 'a container with another prefix length',
    lab: { strategy },
    changes: [['h1c1', 'ip addr del 10.1.1.2/16 dev eth0; ip addr add 10.1.1.2/24 dev eth0']],
    finds: {
      'unique-address': {
        where: 'h1c1:eth0',
        words: ['the prefix length of 10.1.1.2 is 24, not 16', '10.1.1.2/16'],
      },
      'container-to-container': { where: 'h1c1:eth0', words: ['h1c1', 'address is none, planned 10.1.1.2/16'] },
    },
  },
];
