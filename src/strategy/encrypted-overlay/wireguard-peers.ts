/** WireGuard's keys and peers: each host makes its own keys, and is told of every other one. */
import { type ServiceState, serviceFolder } from '#lab/state.js';
import { numbered } from '../../cluster/addressing.js';
import type { Cluster, Host } from '../../cluster/cluster.js';
import { tunnelAddress } from '../underlay.js';
import { isBehindNat } from './engine.js';

/** The hosts' addresses in the tunnels, which nobody else sees (RFC 6598). */
export const tunnelNetwork = '100.64.0.0/24';
export const wireguardPort = 51_820;
/** As its makers recommend for peers behind NAT (wg(8)). */
const KEEPALIVE_SECONDS = 25;
const READY_MS = 30_000;
/** Some 3 s; where all are in reach an answer takes a few milliseconds. */
const MOST_TRIES = 40;

export function addressOf({ index }: Host): string {
  return numbered(tunnelNetwork, 'ipv4', index);
}

const folderOf = ({ name }: Host): string => serviceFolder(name, 'wireguard');

/** Each host makes its own keys and takes the public ones of all others, as an operator does before the tunnels come up. */
export function services(cluster: Cluster, host: Host, inKernel: boolean): readonly ServiceState[] {
  const folder = folderOf(host);
  const common = { readyTimeoutMs: READY_MS, stopGraceMs: 2_000 };
  const device: Pick<ServiceState, 'argv' | 'ready'> = inKernel
    ? { argv: ['ip', 'link', 'add', 'wg0', 'type', 'wireguard'], ready: { kind: 'done' } }
    : {
        argv: [`${folder}/by-own-socket`, 'wireguard-go', '--foreground', 'wg0'],
        ready: { kind: 'file', path: `${folder}/socket/wg0.sock` },
      };
  const files = {
    [`${folder}/swap-keys`]: keyScript(cluster, host),
    [`${folder}/set-peers`]: peerScript(cluster, host, inKernel ? 'wg' : './by-own-socket wg'),
    ...(inKernel ? {} : { [`${folder}/by-own-socket`]: socketScript(folder) }),
  };
  return [
    { ...common, name: 'wireguard-keys', argv: [`${folder}/swap-keys`], files, ready: { kind: 'done' } },
    {
      ...common,
      ...device,
      name: 'wireguard',
      keeps: ['private', 'public', 'introduced'],
      ...(inKernel ? {} : { usualPaths: { '/run/wireguard': `${folder}/socket` } }),
    },
    { ...common, name: 'wireguard-peers', argv: [`${folder}/set-peers`], ready: { kind: 'done' } },
  ];
}

/** wireguard-go and wg meet at a socket in /run/wireguard, which the hosts of a lab would share. */
function socketScript(folder: string): string {
  return `#!/bin/sh
# Runs a command that finds the socket of this host's wg0 alone in /run/wireguard: ${folder}/by-own-socket wg show
set -eu
mkdir -p /run/wireguard ${folder}/socket
exec unshare --mount sh -c 'mount --bind ${folder}/socket /run/wireguard && exec "$@"' sh "$@"
`;
}

/**
 * Two hosts that call each other at the same moment answer each other in vain: who has answered a call no longer takes an
 * answer to its own, and both try again only after 5 s. So of each pair one calls, before anything else is sent.
 */
function peerScript(cluster: Cluster, host: Host, wg: string): string {
  const callees = peersOf(cluster, host).filter((peer) => isCaller(cluster, host, peer.host));
  const listen = `${wg} setconf wg0 wg0.conf\nip link set wg0 up\ntouch listening\n`;
  // Who is behind NAT keeps its ways in open, and so calls as soon as it knows its peers.
  const meet = isBehindNat(cluster, host) ? `await_callees\n${listen}` : `${listen}await_callees\ncall\n`;
  return `#!/bin/sh
set -eu
cd ${folderOf(host)}
callees=
for folder in ${callees.map((peer) => folderOf(peer.host)).join(' ')}; do
  # A smaller lab of the same plan does not have all hosts.
  [ ! -d $folder ] || callees="$callees $folder"
done
# After a reboot they listen already, or they are away.
await_callees() {
  for callee in $callees; do
    [ -e introduced ] || until [ -e $callee/listening ]; do sleep 0.05; done
  done
}
# A keepalive is all that there is to send yet.
call() {
  for callee in $callees; do
    ${wg} set wg0 peer "$(cat $callee/public)" persistent-keepalive ${KEEPALIVE_SECONDS}
    ${wg} set wg0 peer "$(cat $callee/public)" persistent-keepalive 0
  done
}
${meet}[ ! -e introduced ] || exit 0
# A peer that has not been heard has the time 0. Not for ever: it may be out of reach.
tries=0
while [ $tries -lt ${MOST_TRIES} ] && ${wg} show wg0 latest-handshakes | grep -q '\t0$'; do
  tries=$((tries + 1))
  sleep 0.05
done
touch introduced
`;
}

/** Whoever is behind NAT calls, for nobody can call it; of two others the first. */
function isCaller(cluster: Cluster, host: Host, peer: Host): boolean {
  if (isBehindNat(cluster, host)) return true;
  return !isBehindNat(cluster, peer) && host.index < peer.index;
}

function keyScript(cluster: Cluster, host: Host): string {
  return `#!/bin/sh
set -eu
umask 077
cd ${folderOf(host)}
# Made once: the others know it. After a reboot it is still there, as on a disk.
[ -s private ] || wg genkey >private
wg pubkey <private >public.new
mv public.new public
cat >wg0.conf <<END
[Interface]
PrivateKey = $(cat private)
ListenPort = ${wireguardPort}
END
# A smaller lab of the same plan does not have all hosts.
is_there() {
  [ -d $1 ] && until [ -s $1/public ]; do sleep 0.05; done
}
${peersOf(cluster, host)
  .map((peer) => peerSection(cluster, host, peer))
  .join('')}`;
}

/** A host to which another one has a tunnel, and what it reaches there. */
interface Peer {
  readonly host: Host;
  readonly reached: readonly Host[];
}

/** All others; but two hosts that are both behind NAT cannot call each other, and meet at the first host that is not. */
export function peersOf(cluster: Cluster, host: Host): readonly Peer[] {
  const others = cluster.hosts.filter(({ name }) => name !== host.name);
  if (!isBehindNat(cluster, host)) return others.map((other) => ({ host: other, reached: [other] }));
  const callable = others.filter((other) => !isBehindNat(cluster, other));
  const hidden = others.filter((other) => isBehindNat(cluster, other));
  return callable.map((other, index) => ({ host: other, reached: index === 0 ? [other, ...hidden] : [other] }));
}

function peerSection(cluster: Cluster, host: Host, { host: peer, reached }: Peer): string {
  const address = tunnelAddress(cluster, peer);
  const endpoint = address.includes(':') ? `[${address}]:${wireguardPort}` : `${address}:${wireguardPort}`;
  return `! is_there ${folderOf(peer)} || cat >>wg0.conf <<END

[Peer]
# ${peer.name}
PublicKey = $(cat ${folderOf(peer)}/public)
AllowedIPs = ${reached.map((one) => `${addressOf(one)}/32`).join(', ')}
${isBehindNat(cluster, peer) ? '' : `Endpoint = ${endpoint}\n`}${
  isBehindNat(cluster, host) ? `PersistentKeepalive = ${KEEPALIVE_SECONDS}\n` : ''
}END
`;
}
