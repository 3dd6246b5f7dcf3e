import type { BrokenLab, Change } from '../broken-lab.js';
import { withLinks } from './edits.js';

/** What takes no time to converge, in the datapath that every kernel has. */
const parameters = { datapath: 'userspace', mesh: 'star', stp: 'off' } as const;
const lab = { strategy: 'ovs-gre', hosts: 3, containers: 1, ipv6: false, parameters } as const;

const vsctl = (host: string, command: string): Change => [
  host,
  `ovs-vsctl --db=unix:/run/netlab/nodes/${host}/ovsdb-server/db.sock ${command}`,
];

/** Every way of breaking a mesh of Open vSwitch that netlab is known to find. */
export const ovsGre: readonly BrokenLab[] = [
  {
    title: 'a wrong key at one end of a tunnel',
    lab,
    changes: [vsctl('h2', 'set Interface gre1 options:key=7')],
    finds: {
      'container-to-container': { where: /^h2(:|$)/u, words: ['h2 is cut off', 'h2:gre1: key is 7, planned none'] },
      'broadcast-domain': { where: 'h2:gre1', words: ['does not get broadcast', 'h2:gre1: key is 7, planned none'] },
    },
  },
  {
    title: 'a peer that was forgotten',
    lab,
    changes: [vsctl('h1', 'del-port br0 gre2')],
    finds: {
      'container-to-container': { where: /^h3(:|$)/u, words: ['h3 is cut off', 'h1:gre2: port is none, planned gre'] },
    },
  },
  {
    title: 'the Open vSwitch of the host in the middle has ended',
    lab,
    changes: [
      ['h1', 'for pid in $(pgrep -x ovs-vswitchd); do grep -q nodes/h1/ /proc/$pid/cmdline && kill $pid; done; true'],
    ],
    finds: {
      'container-to-container': {
        where: /^h1(:|$)/u,
        words: ['from one host to another', 'h1: its service ovs-vswitchd has ended'],
      },
    },
  },
  {
    title: 'containers whose MTU was left at 1500, as without --mtu 1462',
    lab: { ...lab, hosts: 2 },
    built: (plan) => withLinks(plan, 'h2c1', (link) => ({ ...link, mtuBytes: 1500 })),
    finds: { 'path-mtu': { where: /h2c1/u, words: [/h2c1.*1500|1500.*h2c1/u, '1462'] } },
  },
  {
    title: 'a ring whose spanning tree is off',
    lab: { ...lab, parameters: { ...parameters, mesh: 'ring' } },
    finds: {
      'loop-free': {
        where: 'h2:gre3',
        words: ['a broadcast storm ran', 'whose tunnel to h3:gre3 closes a loop of bridges'],
      },
    },
    keeps: ['container-to-container'],
  },
  {
    title: 'a tunnel with the key of another group',
    lab: {
      strategy: 'ovs-gre',
      parameters: { stp: 'off' },
      outsiders: 0,
      groups: { h1c1: ['a'], h1c2: ['b'], h2c1: ['b'], h2c2: ['a'] },
    },
    changes: [vsctl('h2', 'del-port br1 g1-gre1 -- set Interface gre1 options:key=2')],
    finds: {
      isolation: {
        where: 'h2:gre1',
        words: ['h2c2 hears the broadcasts of h1c2', 'h2:gre1: key is 2, planned 1'],
      },
    },
  },
];
