import { type BrokenLab, type Change, until } from '../broken-lab.js';
import { withFile } from './edits.js';

const lab = {
  strategy: 'encrypted-overlay',
  hosts: 3,
  containers: 1,
  outsiders: 0,
  underlay: { kind: 'routed' },
} as const;
const wireguard = { ...lab, parameters: { engine: 'wireguard', implementation: 'userspace' } } as const;
const groups = { h1c1: ['a'], h1c2: ['b'], h2c1: ['b'], h2c2: ['a'] } as const;
const grouped = { strategy: 'encrypted-overlay', hosts: 2, containers: 2, outsiders: 0, groups } as const;

/** In the folder of a host's WireGuard, where the tools find its socket. */
const wg = (host: string, command: string): Change => [host, `cd /run/netlab/nodes/${host}/wireguard; ${command}`];

/** Every way of breaking tinc and WireGuard that netlab is known to find. */
export const encryptedOverlay: readonly BrokenLab[] = [
  {
    title: 'tinc: encryption is off on one host',
    lab,
    built: (plan) => withFile(plan, 'h2', 'hosts/h2', (text) => text.replace(/Cipher = .*/u, 'Cipher = none')),
    finds: {
      encrypted: {
        where: 'h2:eth1',
        words: ['what h1c1 and h3c1 send to h2c1 crosses the underlay in clear', 'inside UDP to port 655'],
      },
    },
  },
  {
    title: 'tinc: a host with another key than the others have of it',
    lab,
    built: (plan) => ({
      ...withFile(
        plan,
        'h3',
        'swap-keys',
        (text) => `${text}rm rsa_key.priv\ntincd --config=. --generate-keys=2048 </dev/null\n`,
      ),
      convergence: { deadlineMs: 3_000, why: 'h3 never comes' },
    }),
    finds: {
      'container-to-container': {
        where: /^h3/u,
        words: [/h3 (is cut off|reaches nobody)/u, 'left h1:tinc0 into its tunnel'],
      },
    },
  },
  {
    title: 'tinc: a container with the MTU of the wire',
    lab: { ...lab, hosts: 2 },
    changes: [['h2c1', 'ip link set eth0 mtu 1500']],
    finds: { 'path-mtu': { where: 'h2c1:eth0', words: ['MTU 1500 (predicted 1437)'] } },
  },
  {
    title: 'tinc: the network of one group is put into the bridge of another',
    lab: grouped,
    changes: [['h2', 'ip link set tinc1 master br0']],
    finds: {
      isolation: {
        where: 'h2:tinc1',
        words: ['h2c2 hears the broadcasts of h1c2', 'h2:tinc1: master is br0, planned br1'],
      },
    },
  },
  {
    title: 'WireGuard: a peer is missing on one host',
    lab: wireguard,
    changes: [wg('h1', './by-own-socket wg set wg0 peer "$(cat ../../h3/wireguard/public)" remove')],
    finds: {
      'container-to-container': { where: 'h1:wg0', words: ['between h1 and h3', 'left h1:wg0 into its tunnel'] },
    },
  },
  {
    title: 'WireGuard: a host has another key',
    lab: wireguard,
    changes: [wg('h2', 'umask 077; wg genkey >other; ./by-own-socket wg set wg0 private-key other')],
    finds: { 'container-to-container': { where: /^h2/u, words: ['h2'] } },
  },
  {
    title: 'WireGuard: the network of one group is put into the bridge of another',
    lab: { ...grouped, parameters: wireguard.parameters },
    changes: [['h2', `${until('ip link show vxlan1 >/dev/null')}; ip link set vxlan1 master br0`]],
    finds: {
      isolation: {
        where: 'h2:vxlan1',
        words: ['h2c2 hears the broadcasts of h1c2', 'h2:vxlan1: master is br0, planned br1'],
      },
    },
  },
];
