import type { BrokenLab, Change } from '../broken-lab.js';

const strategy = 'bridge-l2';

/** A rule for frames that a bridge passes on. */
const bridged = (node: string, rule: string): Change => [
  node,
  `nft 'table bridge t { chain c { type filter hook forward priority 0; ${rule}; }; }'`,
];

/** Ways of breaking frames, bulk data, loops, and what a design may run, on a flat layer-2 LAN. */
export const bridgeL2Frames: readonly BrokenLab[] = [
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
        words: ['h1c1 -> h2c1', /left h1c1:eth0, entered h1:veth-h1c1, never left h1:eth1|never left h1:veth-h1c1/u],
      },
    },
  },
  {
    title: 'a host that carries a hundredth of the others',
    lab: { strategy },
    changes: [['h2', 'tc qdisc add dev eth1 root tbf rate 4mbit burst 16kb latency 50ms']],
    finds: {
      throughput: {
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
