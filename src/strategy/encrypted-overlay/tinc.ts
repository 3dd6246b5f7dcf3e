/**
 * tinc 1.0 as a switch: one daemon on each host with a tap interface; hosts learn of each other from those that they know. Who
 * introduced them passes nothing on where UDP gets through between them (send_udppacket, net_packet.c): the size between two
 * hosts is their own matter, whatever a third one carries.
 */
import { type DaemonLink, type ServiceState, serviceFolder } from '#lab/state.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import { absent, type Declarations, promised } from '../../declaration/promise.js';
import type { MtuPrediction } from '../contract.js';
import { predict, type Remainder } from '../overhead.js';
import { tunnelAddress } from '../underlay.js';
import { bridgeOf, type Engine, ethernetHeaderBytes, isBehindNat, outerHeaderBytes } from './engine.js';

export interface TincChoice {
  readonly cipher: 'aes-256-cbc' | 'aes-128-cbc' | 'none';
  readonly macBytes: number;
  readonly knownPeers: number;
}

/** Block of AES in bytes (FIPS 197). CBC pads what it encrypts by 1 to 16 bytes to whole blocks. */
const BLOCK_BYTES = 16;
/** Counts the packets of a key (net_packet.c of tinc 1.0). */
const SEQUENCE_NUMBER_BYTES = 4;
/** The largest frame that tinc takes from its tap is 1518 bytes: 14 of Ethernet, a VLAN tag, and these (MTU in net.h). */
const LARGEST_PACKET_BYTES = 1500;
/** One burst of probes a second, 30 at most (send_mtu_probe); until it is done, larger packets travel by TCP. */
const SETTLES_MS = 35_000;
/**
 * The far end's wire tells nobody what it drops: in each of 29 bursts three probes have sizes left to chance, between what has
 * arrived and what the own wire takes (send_mtu_probe_handler, net_packet.c of tinc 1.0.36). What is then left unfound is a
 * share of the difference between the two wires. A simulation of it with differences from 8 to 1,200 bytes, two million
 * times each, left more than a fifth once in a million times.
 */
const TRIAL_SHARE = 0.2;
const FIRST_PORT = 655;
const READY_MS = 30_000;

/** One of tinc's networks, which know nothing of each other: a daemon on each host, with keys of its own. */
interface Net {
  readonly service: string;
  readonly link: string;
  /** TCP and UDP. */
  readonly port: number;
}

const netOf = (group: number): Net => ({
  service: group === 0 ? 'tinc' : `tinc${group}`,
  link: `tinc${group}`,
  port: FIRST_PORT + group,
});

/** What the parts of a configuration are made from. */
interface Blueprint {
  readonly cluster: Cluster;
  readonly chosen: TincChoice;
  readonly net: Net;
}

/** @param group its number: each group has a network of its own */
export function tinc(cluster: Cluster, chosen: TincChoice, group: number): Engine {
  const net = netOf(group);
  return {
    mtu: prediction(cluster, chosen),
    infrastructure: {
      daemons: ['tincd'],
      listeners: [`tcp/${net.port}`, `udp/${net.port}`],
      kernelFeatures: ['tun'],
      forEgress: ['nftables nat'],
    },
    requirements: [
      { kind: 'binary', name: 'tincd', debianPackage: 'tinc', why: 'carries the overlay between the hosts' },
      { kind: 'link', name: 'tun', why: 'tincd has a tap interface on each host' },
    ],
    convergence: {
      deadlineMs: 20_000,
      why: 'tinc: who finds nobody at home tries again after 5 s (retry_outgoing, net_socket.c)',
    },
    promises: promises(chosen),
    onHost: (host) => ({
      links: [tap(cluster, host, net, bridgeOf(group))],
      services: services({ cluster, chosen, net }, host),
    }),
  };
}

function tap({ hosts }: Cluster, host: Host, { link, service }: Net, master: string): DaemonLink {
  const others = hosts.filter(({ name }) => name !== host.name);
  return {
    kind: 'daemon',
    name: link,
    service,
    master,
    addresses: [],
    peers: others.map(({ name: node }) => ({ node, link })),
  };
}

function promises({ cipher }: TincChoice): Partial<Declarations> {
  return cipher === 'none'
    ? { encrypted: absent('cipher: none leaves what tinc sends by UDP as it is') }
    : { encrypted: promised(`cluster-networking-talk: "securely encrypted internet traffic"; tinc by ${cipher}`) };
}

/** What tinc adds to a frame: its number, padding, the MAC (send_udppacket, net_packet.c of tinc 1.0.36). */
function prediction(cluster: Cluster, chosen: TincChoice): MtuPrediction {
  const predicted = predict(cluster, (wireBytes) => remainder(cluster, chosen, wireBytes));
  return {
    ...predicted,
    settlesMs: SETTLES_MS,
    ...(predicted.ofHosts === undefined ? {} : { trialShare: TRIAL_SHARE }),
  };
}

function remainder(cluster: Cluster, { cipher, macBytes }: TincChoice, wireBytes: number): Remainder {
  const { family } = cluster.underlay;
  const outerBytes = outerHeaderBytes(cluster);
  const roomBytes = wireBytes - outerBytes - macBytes;
  const clearBytes = cipher === 'none' ? roomBytes : BLOCK_BYTES * Math.floor(roomBytes / BLOCK_BYTES) - 1;
  const bytes = clearBytes - SEQUENCE_NUMBER_BYTES - ethernetHeaderBytes;
  const outer = `${wireBytes} - ${outerBytes} (${family === 'ipv4' ? 'IPv4' : 'IPv6'}, UDP) - ${macBytes} (MAC) = ${roomBytes}`;
  const padded = cipher === 'none' ? '' : `, of which ${clearBytes + 1} are whole blocks of AES with 1 of padding`;
  const inner = `${SEQUENCE_NUMBER_BYTES} (number), ${ethernetHeaderBytes} (Ethernet)`;
  const why = `${outer}${padded}; less ${inner}: ${bytes}`;
  if (bytes <= LARGEST_PACKET_BYTES) return { bytes, why };
  const limited = `${why}; but tinc takes no frame of more than 1518 bytes (Ethernet, a VLAN tag, 1500)`;
  return { bytes: LARGEST_PACKET_BYTES, why: limited };
}

/**
 * Each host makes its own keys and swaps host files (Address, public key) with those that it is told of, as an operator does
 * with scp before the daemon starts: it takes theirs, and leaves its own with them. A host's file can be had as soon as its
 * daemon runs, so nobody calls before somebody is there to answer.
 */
function services(blueprint: Blueprint, host: Host): readonly ServiceState[] {
  const { net } = blueprint;
  const folder = folderOf(net, host);
  const name = tincName(host);
  const common = { readyTimeoutMs: READY_MS, stopGraceMs: 2_000 };
  return [
    {
      ...common,
      name: `${net.service}-keys`,
      argv: [`${folder}/swap-keys`],
      files: {
        [`${folder}/tinc.conf`]: configuration(blueprint, host),
        [`${folder}/hosts/${name}`]: hostFile(blueprint, host),
        [`${folder}/swap-keys`]: keyScript(blueprint, host),
      },
      ready: { kind: 'done' },
    },
    {
      ...common,
      name: net.service,
      argv: ['tincd', '--no-detach', '--debug=1', `--config=${folder}`, `--pidfile=${folder}/pid`],
      keeps: ['kept', 'hosts'],
      ready: { kind: 'log', pattern: 'Ready$' },
    },
    {
      ...common,
      name: `${net.service}-card`,
      argv: ['ln', '-f', `${folder}/hosts/${name}`, cardOf(net, host)],
      ready: { kind: 'done' },
    },
  ];
}

const folderOf = ({ service }: Net, { name }: Host): string => serviceFolder(name, service);
/** What a host gives to those that want to know it. */
const cardOf = (net: Net, host: Host): string => `${folderOf(net, host)}/card`;

/** tinc takes only letters, digits and underscores (check_id, utils.c). */
export function tincName({ name, index }: Host): string {
  return /^\w+$/u.test(name) ? name : `_${index}_${name.replaceAll(/\W/gu, '_')}`;
}

/** The hosts that this one is told of: the first ones before it that can be called. Those behind NAT come last. */
export function knownPeers(cluster: Cluster, host: Host, { knownPeers: most }: Pick<TincChoice, 'knownPeers'>) {
  const callable = cluster.hosts.filter((other) => !isBehindNat(cluster, other));
  const before = isBehindNat(cluster, host) ? callable : callable.filter(({ index }) => index < host.index);
  return before.slice(0, most);
}

function configuration({ cluster, chosen, net }: Blueprint, host: Host): string {
  const known = knownPeers(cluster, host, chosen).map((peer) => `ConnectTo = ${tincName(peer)}\n`);
  return `Name = ${tincName(host)}
Mode = switch
Interface = ${net.link}
Device = /dev/net/tun
AddressFamily = ${cluster.underlay.family}
# A peer that was away is called again after so many seconds at most, not after 15 minutes.
MaxTimeout = 5
${known.join('')}`;
}

/** Cipher, Digest and MACLength are what others are to send us. */
function hostFile({ cluster, chosen: { cipher, macBytes }, net: { port } }: Blueprint, host: Host): string {
  const address = isBehindNat(cluster, host) ? '' : `Address = ${tunnelAddress(cluster, host)} ${port}\n`;
  return `${address}Port = ${port}
Cipher = ${cipher}
Digest = sha256
MACLength = ${macBytes}
`;
}

function keyScript({ cluster, chosen, net }: Blueprint, host: Host): string {
  const own = `hosts/${tincName(host)}`;
  const swaps = knownPeers(cluster, host, chosen).map(
    (peer) => `until [ -s ${cardOf(net, peer)} ]; do sleep 0.05; done
cp ${cardOf(net, peer)} hosts/${tincName(peer)}
cp ${own} ${folderOf(net, peer)}/${own}
`,
  );
  return `#!/bin/sh
set -eu
cd ${folderOf(net, host)}
# Keys are made once: the others know them. After a reboot they are still there, as on a disk.
if [ ! -d kept ]; then
  tincd --config=. --generate-keys=2048 </dev/null
  mkdir kept.new
  cp rsa_key.priv ${own} kept.new/
  mv kept.new kept
fi
cp -p kept/rsa_key.priv rsa_key.priv
cp kept/${tincName(host)} ${own}
${swaps.join('')}`;
}
