import type { BrokenLab } from '../broken-lab.js';

const strategy = 'bridge-l2';

/** Ways of breaking the way out of a flat layer-2 LAN. */
export const bridgeL2Egress: readonly BrokenLab[] = [
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
];
