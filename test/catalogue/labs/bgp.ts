import { withNode } from '../../support/sandboxed-lab.js';
import { birdc } from '../../src/strategy/bird.js';
import { type BrokenLab, type Change, until } from '../broken-lab.js';

const lab = { strategy: 'bgp', hosts: 3, ipv6: false } as const;

/** Changes bird.conf with sed, and lets BIRD read it. */
const reconfigure = (node: string, expression: string): readonly Change[] => {
  const config = `/run/netlab/nodes/${node}/bird/bird.conf`;
  return [
    [node, `cp ${config} /tmp/old.$$; sed -i '${expression}' ${config}; ! cmp -s ${config} /tmp/old.$$`],
    [node, birdc(node, 'configure')],
  ];
};
const gone = (network: string): Change => ['r1', until(`! ip route | grep -q ${network}`)];

/** Every way of breaking routes that BIRD tells that netlab is known to find. */
export const bgp: readonly BrokenLab[] = [
  {
    title: 'a session with a wrong AS',
    lab: { ...lab, parameters: { bfd: false } },
    changes: [
      ...reconfigure('h2', 's/local as 64602/local as 64702/'),
      ['r1', until(`${birdc('r1', 'show protocols')} | grep -q "h2_ipv4.*Bad peer AS"`)],
    ],
    finds: {
      'container-to-container': {
        where: 'h2',
        words: [
          'h2 is cut off',
          'r1 has no route to 10.4.2.2',
          /h2: the session r1_ipv4 with r1 \(172\.16\.255\.254\) is .*Bad peer AS/u,
          /r1: the session h2_ipv4 with h2 \(172\.16\.0\.2\) is .*Bad peer AS.*, planned Established/u,
        ],
      },
      egress: {
        where: /^r1/u,
        words: ['h2c1 and h2c2 of h2 cannot reach world', 'the session h2_ipv4 with h2 (172.16.0.2)'],
      },
    },
  },
  {
    title: 'a session with a wrong password',
    lab: { ...lab, parameters: { password: 'secret', bfd: false } },
    changes: [...reconfigure('h2', 's/password "secret"/password "Secret"/'), gone('10.4.2.0')],
    finds: {
      'lan-reachable': {
        where: 'h2',
        words: ['h2: the session r1_ipv4 with r1 (172.16.255.254) is', 'planned Established'],
      },
    },
  },
  {
    title: 'a filter that lets nothing out',
    lab: { ...lab, parameters: { bfd: false } },
    changes: [...reconfigure('h2', 's/export where source != RTS_BGP/export where false/'), gone('10.4.2.0')],
    finds: {
      'container-to-container': {
        where: 'h2',
        words: [
          'r1: route of bird is none, planned 10.4.2.0/24 via 172.16.0.2 dev eth0',
          'h2: what r1_ipv4 announces to r1 is nothing of it, planned 10.4.2.0/24',
        ],
      },
    },
  },
  {
    title: 'a host that drops what it should forward',
    lab,
    changes: [['h2', "nft 'table inet t { chain c { type filter hook forward priority 0; policy drop; }; }'"]],
    finds: {
      'container-to-container': {
        where: /^h2:/u,
        words: ['h2 passes nothing on for its containers', 'entered h2:veth-h2c1, never left h2:veth-h2c2'],
      },
      'lan-reachable': { where: /^h2/u, words: ['entered h2:eth1, never left h2:br0'] },
    },
    drift: [/h2: nftables is .*policy drop/u],
  },
  {
    title: 'a host whose BIRD has ended',
    lab,
    changes: [['h3', 'kill $(cat /run/netlab/nodes/h3/bird/bird.pid)'], gone('10.4.3.0')],
    finds: {
      'host-to-container': {
        where: 'h3',
        words: ['r1 has no route to 10.4.3.2', 'h3: service bird is BIRD does not answer'],
      },
    },
    drift: [/^h3: service bird is BIRD does not answer/mu],
  },
  {
    title: 'a host without proxy ARP for an address per container',
    lab: { ...lab, parameters: { granularity: 'container' } },
    changes: [['h2', 'sysctl -w net.ipv4.conf.veth-h2c1.proxy_arp=0']],
    finds: {
      'container-to-container': {
        where: /^h2/u,
        words: ['h2c1', 'the ARP reply of 169.254.1.1 never left h2:veth-h2c1', 'proxy_arp is 0, planned 1'],
      },
      egress: { where: 'h2c1', words: ['the default gateway of h2c1 is 169.254.1.1, which is nobody'] },
    },
  },
  {
    title: 'a static route that outlives its host',
    lab: {
      ...lab,
      containers: 1,
      outsiders: 0,
      parameters: { bfdIntervalMs: 100, bfdMultiplier: 3 },
    },
    built: (plan) =>
      withNode(plan, 'r1', (node) => ({
        ...node,
        routes: [...node.routes, { destination: '10.4.1.0/24', via: '172.16.0.1', link: 'eth0' }],
      })),
    finds: {
      'survives-host-loss': {
        where: 'r1',
        words: ['r1 still has a route to 10.4.1.0/24, which was behind h1', 'withdrawn within', 'made by static'],
      },
    },
  },
];
