import type { LinkState } from '#lab/state.js';
import { withNode } from '../../support/sandboxed-lab.js';
import type { BrokenLab } from '../broken-lab.js';

const lab = { strategy: 'vxlan', hosts: 3, containers: 1, ipv6: false } as const;
/** Two containers that share no group, and one of both, on each of two hosts. */
const grouped = {
  strategy: 'vxlan',
  hosts: 2,
  containers: 3,
  outsiders: 0,
  groups: { h1c1: ['a'], h1c2: ['b'], h1c3: ['a', 'b'], h2c1: ['b'], h2c2: ['a'], h2c3: ['a'] },
} as const;

/** Every way of breaking VXLAN with static lists of peers that netlab is known to find. */
export const vxlan: readonly BrokenLab[] = [
  {
    title: 'a peer that is missing in a host’s list',
    lab,
    changes: [['h1', 'bridge fdb del 00:00:00:00:00:00 dev vxlan0 dst 172.16.0.3']],
    finds: {
      'broadcast-domain': {
        where: 'h1',
        words: [
          'h3c1 does not get broadcast and multicast frames from h1c1',
          'h1: forwarding entry is none, planned 00:00:00:00:00:00 dev vxlan0 dst 172.16.0.3',
        ],
      },
    },
  },
  {
    title: 'a host that blocks the port of VXLAN',
    lab,
    changes: [
      ['h2', "nft 'table inet t { chain c { type filter hook input priority filter; udp dport 4789 drop; }; }'"],
    ],
    finds: {
      'container-to-container': {
        where: /^h2/u,
        words: ['h2 is cut off', 'entered h2:eth1, never left h2:veth-h2c1'],
      },
    },
  },
  {
    title: 'a container with the MTU of the wire',
    lab,
    changes: [['h2c1', 'ip link set eth0 mtu 1500']],
    finds: { 'path-mtu': { where: 'h2c1:eth0', words: ['MTU 1500 (predicted 1450)'] } },
  },
  {
    title: 'another network identifier on one host',
    lab,
    built: (plan) =>
      withNode(plan, 'h2', (node) => ({
        ...node,
        links: node.links.map((link) => (link.kind === 'vxlan' ? { ...link, vni: 43 } : link)),
      })),
    finds: { 'container-to-container': { where: /^h2/u, words: ['h2 is cut off'] } },
  },
  {
    title: 'a host that routes between the groups',
    lab: grouped,
    built: (plan) =>
      withNode(plan, 'h1', (node) => ({ ...node, nftables: node.nftables.replaceAll(/^.* drop$/gmu, '') })),
    finds: {
      isolation: {
        where: 'h1',
        words: ['h1c1 reaches h1c2, with which it shares no group', 'nothing arrives', /10\.3\.1\.2.*10\.4\.1\.2/u],
      },
    },
  },
  {
    title: 'a container in the bridge of another group',
    lab: grouped,
    built: (plan) =>
      withNode(plan, 'h2', (node) => ({
        ...node,
        links: node.links.map((link): LinkState => (link.name === 'veth-h2c1' ? { ...link, master: 'br0' } : link)),
      })),
    finds: {
      isolation: [
        {
          where: 'h2',
          words: ['h2c2 hears the broadcasts of h2c1', 'with which it shares no group', 'only members of b'],
        },
        { where: 'h1', words: ['h2c1 hears the broadcasts of h1c1'] },
      ],
    },
  },
];
