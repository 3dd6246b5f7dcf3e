import type { BrokenLab } from '../broken-lab.js';

const lab = { strategy: 'port-mapping', hosts: 3, ipv6: false } as const;
const published = 'nft add rule ip netlab prerouting ip daddr';

/** Every way of breaking published ports that netlab is known to find. */
export const portMapping: readonly BrokenLab[] = [
  {
    title: 'a host that does not forward, one that does not masquerade, a port that leads elsewhere',
    lab,
    changes: [
      ['h1', 'sysctl -w net.ipv4.ip_forward=0'],
      ['h2', 'nft flush chain ip netlab postrouting'],
      ['h3', `nft flush chain ip netlab prerouting; ${published} 172.16.0.3 tcp dport 8081 dnat to 172.17.0.3:80`],
    ],
    finds: {
      egress: [
        { where: 'h1', words: ['h1c1 and h1c2 of h1 cannot reach world', 'h1 does not forward'] },
        { where: 'h2', words: ['h2c1 and h2c2 of h2', /world saw \d flows come from 172\.17\.0\.2/u] },
      ],
      'native-ports': [
        { where: 'h3', words: ['the published port 172.16.0.3:8081 does not lead to port 80 of h3c1', 'h3c2 answers'] },
        { where: 'h3', words: ['the published port 172.16.0.3:8082 does not lead to port 80 of h3c2'] },
        { where: 'h1', words: ['the published port 172.16.0.1:8081'] },
      ],
    },
  },
  {
    // As a firewall does that is loaded after Docker's rules.
    title: 'a forward chain that drops all, two ports that lead to one container, an MTU left smaller',
    lab,
    changes: [
      ['h1', 'nft add chain inet netlab forward "{ policy drop; }"; nft flush chain inet netlab forward'],
      ['h2', 'nft flush chain ip netlab prerouting'],
      ['h2', `for port in 8081 8082; do ${published} 172.16.0.2 tcp dport $port dnat to 172.17.0.2:80; done`],
      ['h3c1', 'ip link set eth0 mtu 1400'],
    ],
    finds: {
      'native-ports': [
        { where: 'h1', words: ['the published port 172.16.0.1:8081 does not lead to port 80 of h1c1'] },
        { where: 'h2', words: ['the published port 172.16.0.2:8082 does not lead to port 80 of h2c2', 'h2c1 answers'] },
      ],
      egress: { where: 'h1', words: ['h1c1 and h1c2 of h1 cannot reach world'] },
      'path-mtu': { where: 'h3c1:eth0', words: ['MTU 1400 (planned 1500)'] },
    },
  },
];
