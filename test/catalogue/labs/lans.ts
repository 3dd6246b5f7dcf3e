/** Containers right on the LAN of the hosts: routable-lan, macvlan, host-network. */
import type { NodeState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';
import { withNode } from '../../support/sandboxed-lab.js';
import type { BrokenLab } from '../broken-lab.js';

const routableLan = { strategy: 'routable-lan', ipv6: false } as const;
const macvlan = { strategy: 'macvlan', ipv6: false } as const;
const hostNetwork = { strategy: 'host-network', ipv6: false, hosts: 3 } as const;

/** As when an image of a container is copied with what it has. */
const copied = (plan: Plan, own: { readonly mac: string; readonly addresses?: readonly string[] }): Plan =>
  withNode(plan, 'h2c1', (node): NodeState => ({ ...node, links: node.links.map((link) => ({ ...link, ...own })) }));

export const lans: readonly BrokenLab[] = [
  {
    title: 'routable-lan: the address was left on the LAN interface',
    lab: routableLan,
    // `ifup br0` without `ifconfig enp1s0 0.0.0.0`, and a restart after which only one of the two is left.
    changes: [['h1', 'ip addr del 192.168.0.51/16 dev br0; ip addr add 192.168.0.51/16 dev eth1']],
    finds: {
      'host-to-container': {
        where: /^h1(:|$)/u,
        words: ['h1 reaches nobody', 'h1:eth1: address is 192.168.0.51/16, planned none'],
      },
    },
  },
  {
    title: 'routable-lan: Docker without --default-gateway',
    lab: routableLan,
    changes: [
      ['h2c1', 'ip route replace default via 192.168.0.52'],
      ['h2c2', 'ip route replace default via 192.168.0.52'],
    ],
    finds: {
      egress: [
        { where: 'h2', words: ['h2c1 and h2c2 of h2 cannot reach world', 'h2 does not forward'] },
        { where: 'h2c1 and h2c2', words: ['192.168.0.52', "h2's", 'an address of a router'] },
      ],
    },
  },
  {
    title: 'routable-lan: Docker with its masquerading left on',
    lab: routableLan,
    changes: [
      ['h1c1', 'ip route replace default via 192.168.0.51'],
      ['h1', 'sysctl -w net.ipv4.ip_forward=1'],
      [
        'h1',
        "nft 'table ip nat { chain postrouting { type nat hook postrouting priority srcnat; ip saddr 192.168.51.0/24 masquerade; }; }'",
      ],
    ],
    finds: {
      egress: {
        where: 'h1',
        words: [/world saw h1c1.* as 192\.168\.0\.51 \(of h1:br0\)/u, '192.168.51.2: the router is on the LAN'],
      },
    },
  },
  {
    title: 'routable-lan: slices that overlap',
    lab: routableLan,
    built: (plan) => copied(plan, { mac: '02:42:c0:a8:33:02', addresses: ['192.168.51.2/16'] }),
    finds: {
      'unique-address': { where: /h2c1/u, words: ['192.168.51.2 is there twice', 'h1c1:eth0 and h2c1:eth0'] },
    },
  },
  {
    title: 'macvlan: a host whose interface is down',
    lab: { ...macvlan, hosts: 3 },
    changes: [['h2', 'ip link set eth1 down']],
    finds: {
      'container-to-container': {
        where: 'h2:eth1',
        words: ['nothing from or to h2 and its containers is delivered', 'h2:eth1: state is down, planned up'],
      },
    },
  },
  {
    title: 'macvlan: another MTU on a host’s interface',
    lab: { ...macvlan, hosts: 3 },
    changes: [['h3', 'ip link set eth1 mtu 1400']],
    finds: { 'path-mtu': { where: /^h3c?1?:eth[01]$/u, words: ['has MTU 1400'] } },
  },
  {
    title: 'macvlan: mode private keeps the containers of a host apart',
    lab: { ...macvlan, parameters: { mode: 'private' } },
    finds: { 'container-to-container': { where: /^h1/u, words: ['h1', 'never entered h1c2:eth0'] } },
  },
  {
    title: 'macvlan: the same MAC twice',
    lab: macvlan,
    built: (plan) => copied(plan, { mac: '02:42:c0:a8:33:02' }),
    finds: {
      'unique-address': {
        where: /h1c1|h2c1/u,
        words: ['MAC 02:42:c0:a8:33:02 is there twice', 'h1c1:eth0 and h2c1:eth0'],
      },
    },
  },
  {
    title: 'host-network: a firewall on one host',
    lab: hostNetwork,
    changes: [
      ['h1', "nft 'table ip t { chain c { type filter hook input priority 0; iifname eth1 tcp flags syn drop; }; }'"],
    ],
    finds: { 'container-to-container': { where: /^h1/u, words: ['h1', 'by TCP'] } },
  },
  {
    title: 'host-network: a smaller MTU on one host, and no way out of another',
    lab: hostNetwork,
    changes: [
      ['h2', 'ip link set eth1 mtu 1400'],
      ['h3', 'ip route del default'],
    ],
    finds: {
      'path-mtu': { where: 'h2:eth1', words: ['h2:eth1 has MTU 1400'] },
      egress: { where: /h3/u, words: ['cannot reach world', 'no default route'] },
    },
  },
];
