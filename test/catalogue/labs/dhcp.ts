import type { NodeState } from '#lab/state.js';
import { withNode } from '../../support/sandboxed-lab.js';
import { type BrokenLab, until } from '../broken-lab.js';
import { withFile } from './edits.js';

const lab = { strategy: 'dhcp', ipv6: false } as const;
const poolOf = (first: number, last: number) => ({ pool: { first: `10.100.80.${first}`, last: `10.100.80.${last}` } });

/** Ends what has this in its command line; written so that the command does not find itself. */
const kill = ([first, ...rest]: string): string => `kill -9 $(pgrep -f '[${first}]${rest.join('')}')`;

/** A second server on the LAN, on an outsider. */
function withRogueServer(node: NodeState): NodeState {
  const folder = `/run/netlab/nodes/${node.name}/rogue`;
  const lines = ['user=root', 'pid-file=', 'port=0', 'no-ping', `dhcp-leasefile=${folder}/leases`];
  const range = 'dhcp-range=10.100.80.70,10.100.80.80,255.255.255.0,600';
  const rogue = {
    name: 'rogue',
    argv: ['dnsmasq', '--keep-in-foreground', '--log-facility=-', `--conf-file=${folder}/conf`],
    files: { [`${folder}/conf`]: [...lines, range, ''].join('\n') },
    ready: { kind: 'log', pattern: 'IP range' },
    readyTimeoutMs: 10_000,
    stopGraceMs: 1_000,
  } as const;
  return { ...node, services: [rogue] };
}

/** Every way of breaking leases that netlab is known to find. */
export const dhcp: readonly BrokenLab[] = [
  {
    title: 'the pool overlaps the addresses of hosts',
    lab: { ...lab, parameters: poolOf(11, 14), tolerate: ['overlapping-pool'] },
    needs: 'udhcpc',
    finds: {
      'unique-address': { where: /h1/u, words: ['10.100.80.11 is there twice', 'h1:br0'] },
      'lease-hygiene': { where: /h1:br0/u, words: ['10.100.80.11 is leased, and 2 interfaces have it'] },
    },
  },
  {
    title: 'a second DHCP server on the LAN',
    lab,
    needs: 'udhcpc',
    built: (plan) => withNode(plan, 'o1', withRogueServer),
    finds: {
      'lease-hygiene': {
        where: /o1:eth0/u,
        words: ['2 DHCP servers answer', '10.100.80.2 (dhcp1:eth0)', '10.100.80.193 (o1:eth0)', '10.100.80.193 offers'],
      },
    },
  },
  {
    title: 'the watchdog of the leases is dead',
    lab,
    needs: 'udhcpc',
    changes: [['h1', kill('nodes/h1/lease-watchdog/')]],
    finds: {
      'lease-hygiene': {
        where: 'h1',
        words: ['the lease client of h1g2 died', 'nobody had noticed', 'taken off the network'],
      },
    },
  },
  {
    title: 'a lease client that has died takes its container off the network',
    lab,
    needs: 'udhcpc',
    changes: [
      ['h1', 'kill -9 $(cat /run/netlab/nodes/h1/lease-h1c2/pid)'],
      ['h1', until('! ip link show veth-h1c2 >/dev/null 2>&1')],
    ],
    finds: {
      'lease-hygiene': { where: 'h1', words: ['the lease client of h1c2 is dead', 'has no address any more'] },
    },
  },
  {
    title: 'no server from the start',
    lab: { ...lab, containers: 1 },
    needs: 'udhcpc',
    built: (plan) => withNode(plan, 'dhcp1', (node) => ({ ...node, services: [] })),
    finds: {
      'unique-address': { where: 'h1c1:eth0', words: ['h1c1 got no lease'] },
      'container-to-container': { where: /h1c1|h2c1/u, words: ['has no IPv4 address: it was given none'] },
      names: { where: 'h1c1', words: ['was given no address', 'names none'] },
      'lease-hygiene': { where: /^$/u, words: ['no DHCP server answers'] },
    },
  },
  {
    title: 'the server dies: leases live on, names do not',
    lab,
    needs: 'udhcpc',
    changes: [['dhcp1', kill('nodes/dhcp1/dnsmasq/')]],
    finds: {
      'lease-hygiene': { where: /^$/u, words: ['no DHCP server answers: leases live on until they expire'] },
      names: { where: 'h1c1', words: ['h1c1.app.example.com', 'ECONNREFUSED'] },
    },
    keeps: ['container-to-container'],
  },
  {
    title: 'a pool with fewer addresses than containers',
    lab: { ...lab, parameters: poolOf(130, 132), tolerate: ['pool-too-small'] },
    needs: 'udhcpc',
    finds: {
      'unique-address': { where: /^h[12]c[12]:eth0$/u, words: ['got no lease'] },
      'address-capacity': { where: /^$/u, words: ['nobody leases an address'] },
    },
  },
  {
    title: 'a server that registers no names, and leases a part of its pool',
    lab: { ...lab, parameters: poolOf(130, 145) },
    needs: 'udhcpc',
    built: (plan) =>
      withFile(plan, 'dhcp1', 'dnsmasq.conf', (text) =>
        text.replace('domain=app.example.com', 'domain=other.example.com').replace('10.100.80.145', '10.100.80.140'),
      ),
    finds: {
      names: { where: 'h1c1', words: ['h1c1.app.example.com', 'NXDOMAIN'] },
      'address-capacity': {
        where: /^$/u,
        words: ["only 11 of the pool's 16 addresses can be leased", '4 containers with a lease', '7 more leases'],
      },
    },
  },
];
