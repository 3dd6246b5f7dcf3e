import type { BrokenLab, Change } from '../broken-lab.js';

const strategy = 'bridge-l2';

/** Rules for frames that a bridge passes on, and for packets of IPv4 that it hands to the IP hooks. */
const bridged = (node: string, rule: string): Change => [
  node,
  `nft 'table bridge t { chain c { type filter hook forward priority 0; ${rule}; }; }'`,
];
const inIpHooks = (node: string): Change => [node, 'sysctl -w net.bridge.bridge-nf-call-iptables=1'];

const cutOff = { where: 'h2:eth1', words: ['h2'] };

/** Every way of breaking a flat layer-2 LAN that netlab is known to find. */
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
    changes: [
      ['h2c1', "nft 'table ip t { chain c { type filter hook output priority 0; meta l4proto udp drop; }; }'"],
    ],
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
    title: 'a host that does not forward, one that does not masquerade, containers with a wrong gateway or none',
    lab: { strategy, hosts: 3, ipv6: false },
    changes: [
      ['h1', 'sysctl -w net.ipv4.ip_forward=0'],
      ['h2', 'nft flush ruleset'],
      ['h3c1', 'ip route del default'],
      ['h3c2', 'ip route replace default via 10.1.0.2'],
    ],
    finds: {
      egress: [
        {
          where: 'h1',
          words: [
            'h1c1 and h1c2 of h1 cannot reach world',
            'h1 does not forward: net.ipv4.ip_forward is 0',
            'h1 itself reaches world',
          ],
        },
        {
          where: 'h2',
          words: [
            'h2c1 and h2c2 of h2',
            /world saw \d flows come from 10\.1\.2\.2 and 10\.1\.2\.3/u,
            'seen there as 192.0.2.12',
          ],
        },
        { where: 'h3c1 and h3c2', words: ['no default route in h3c1'] },
        { where: 'h3c2', words: ['the default gateway of h3c2 is 10.1.0.2', "h2's", 'an address of h3'] },
      ],
    },
  },
  {
    title: 'a host that translates to an address of its own on the LAN',
    lab: { strategy, ipv6: false },
    changes: [
      [
        'h2',
        "nft flush ruleset; nft 'table ip netlab { chain postrouting { type nat hook postrouting priority srcnat; ip saddr 10.1.0.0/16 oifname eth0 snat to 10.1.0.2; }; }'",
      ],
      ['r1', 'ip route add 10.1.0.2/32 via 192.0.2.12'],
    ],
    finds: { egress: { where: 'h2', words: ['world saw h2c1 and h2c2 as 10.1.0.2 (of h2:br0)', '192.0.2.12'] } },
  },
  {
    title: 'a host that forwards IPv4 alone',
    lab: { strategy },
    changes: [['h2', 'sysctl -w net.ipv6.conf.all.forwarding=0']],
    finds: {
      egress: {
        where: 'h2',
        words: ['h2c1 and h2c2 of h2 cannot reach world by IPv6', 'net.ipv6.conf.all.forwarding is 0'],
      },
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
  {
    title: 'the last address of a slice is taken by a machine on the LAN',
    lab: { strategy },
    changes: [['o1', 'ip address add 10.1.1.254/16 dev eth0']],
    finds: {
      'address-capacity': {
        where: 'o1:eth0',
        words: ["10.1.1.254, the last address of h1's slice", 'o1:eth0 has 10.1.1.254 too'],
      },
    },
  },
  {
    title: 'a host that passes small packets of TCP alone',
    lab: { strategy },
    changes: [bridged('h1', 'ip protocol tcp meta length > 1000 drop')],
    finds: {
      throughput: {
        where: /^h1:/u,
        words: [
          'h1c1 -> h2c1',
          /left h1c1:eth0, entered h1:veth-h1c1, never left h1:eth1|never left h1:veth-h1c1/u,
        ],
      },
    },
  },
  {
    title: 'a host that carries a hundredth of the others',
    lab: { strategy },
    changes: [['h2', 'tc qdisc add dev eth1 root tbf rate 10mbit burst 16kb latency 50ms']],
    finds: { throughput: {
        where: /^$/u,
        words: ['h2c1 -> h1c1 carries next to nothing', 'measured twice; h2:eth1: queueing discipline is tbf'],
      },
     },
  },
  {
    title: 'a port that broadcasts do not leave by',
    lab: { strategy },
    changes: [bridged('h1', 'oifname "veth-h1c2" ether type 0x88b5 drop')],
    finds: {
      'broadcast-domain': {
        where: 'h1:veth-h1c2',
        words: ['h1c2 does not get broadcast and multicast frames', 'h1c1, h2c1 and h2c2', 'never left h1:veth-h1c2'],
      },
    },
  },
  {
    title: 'daemons and listeners on hosts that nobody declared',
    lab: { strategy },
    changes: [
      [
        'h2',
        `("${process.execPath}" -e "require('net').createServer().listen(7000)" >/dev/null 2>&1 &); timeout 9 sh -c 'until ss -tln | grep -q 7000; do sleep 0.05; done'`,
      ],
      ['h1', '(sleep 100 >/dev/null 2>&1 &)'],
    ],
    finds: {
      'infrastructure-free': [
        { where: 'h1', words: ['nobody declared this daemon', 'sleep 100'] },
        { where: 'h2', words: ['nobody declared this daemon', 'createServer'] },
        { where: 'h2', words: ['nobody declared this listener', 'tcp/7000'] },
      ],
    },
  },
  {
    title: 'an interface of a kind that nobody declared',
    lab: { strategy, outsiders: 0, containers: 1 },
    changes: [['h1', 'ip link add vx0 up type vxlan id 7 dstport 0 local 192.0.2.11']],
    finds: {
      'infrastructure-free': { where: 'h1:vx0', words: ['nobody declared this kernel feature', 'of kind vxlan'] },
    },
  },
  {
    title: 'a LAN interface and a container with a smaller MTU',
    lab: { strategy },
    changes: [
      ['h2', 'ip link set eth1 mtu 1400'],
      ['h1c2', 'ip link set eth0 mtu 1300'],
    ],
    finds: {
      'path-mtu': [
        { where: 'h2:eth1', words: ['h2:eth1 has MTU 1400 (planned 1500)', /has 140[0-4] bytes/u] },
        {
          where: 'h1c2:eth0',
          words: ['h1c2:eth0 has MTU 1300 (planned 1500)', /has 130[0-4] bytes/u, 'never entered h1c2:eth0'],
        },
      ],
    },
  },
  {
    title: 'a second cable between two hosts, and no spanning tree',
    lab: { strategy, extraLinks: [['h1', 'h2']] },
    finds: {
      'loop-free': {
        where: /^h[12]:eth2$/u,
        words: ['a broadcast storm ran', 'closes a loop of bridges', 'packets in'],
      },
    },
    keeps: ['container-to-container'],
  },
  {
    title: 'a cable from a bridge to itself, plugged in by hand',
    lab: { strategy, containers: 1, outsiders: 0 },
    changes: [
      ['h1', 'ip link add loop1 type veth peer name loop2'],
      ['h1', 'for end in loop1 loop2; do ip link set $end master br0 up; done'],
    ],
    finds: { 'loop-free': { where: /^h1:loop[12]$/u, words: ['a broadcast storm ran'] } },
    keeps: ['container-to-container'],
  },
];
