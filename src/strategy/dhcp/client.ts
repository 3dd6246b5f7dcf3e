/** The DHCP clients that a host runs inside its containers' networks, as network-wrapper does. */
import { type ServiceState, serviceFolder } from '#lab/state.js';

/** What a client is for. */
export interface ClientPlace {
  readonly host: string;
  readonly container: string;
  /** The host's end of the container's cable. */
  readonly port: string;
  readonly bridge: string;
}

/** Clients are started long before their server has to answer; on a busy machine a process may take its time to start. */
const readyTimeoutMs = 30_000;
/** A lease is given back in far less. */
const stopGraceMs = 3_000;

/** Folder of a container's client; the watchdog looks for folders of this name. */
export const clientPrefix = 'lease';

/**
 * busybox udhcpc in the foreground: asks every second until it has a lease, renews it, and gives it back when it is told to
 * end (-R). Its process id is the container's other half: see watchdog.ts.
 */
export function ipv4Client(place: ClientPlace): ServiceState {
  const { host, container } = place;
  const name = `${clientPrefix}-${container}`;
  const folder = serviceFolder(host, name);
  const [script, pid, record] = [`${folder}/lease.sh`, `${folder}/pid`, `${folder}/lease.json`];
  const asking = ['-t', '3', '-T', '1', '-A', '1'];
  return {
    name,
    inside: container,
    lease: { link: 'eth0', family: 'ipv4', record, renewSignal: 'SIGUSR1' },
    argv: ['udhcpc', '-f', '-R', '-i', 'eth0', '-s', script, '-p', pid, '-x', `hostname:${container}`, ...asking],
    files: { [script]: ipv4Script(place, record), [`${folder}/port`]: `${place.port}\n` },
    ready: { kind: 'file', path: pid },
    readyTimeoutMs,
    stopGraceMs,
  };
}

/** The kernel is told how long the lease is, so that an address does not outlive a client that was killed. */
function ipv4Script({ container, bridge }: ClientPlace, record: string): string {
  return `#!/bin/sh
# udhcpc runs this from the host, inside the container's network: $1 is what happened, the rest is in variables.
# What was leased is written down as network-wrapper inspect shows it.
case "$1" in
  deconfig)
    rm -f ${record}
    ip link set dev "$interface" up
    ip -4 address flush dev "$interface" scope global
    ;;
  bound | renew)
    ip -4 address replace "$ip/$mask" dev "$interface" valid_lft "$lease" preferred_lft "$lease"
    if [ -n "$router" ]; then
      ip -4 route replace default via "\${router%% *}" dev "$interface" proto dhcp
    fi
    mac=$(ip -o link show dev "$interface" | sed 's|.*link/ether \\([^ ]*\\).*|\\1|')
    cat >${record}.new <<RECORD
{
  "Container": "${container}",
  "NetworkSettings": {
    "HWAddr": "$mac",
    "Bridge": "${bridge}",
    "IPAddress": "$ip",
    "IPPrefixLen": "$mask",
    "Gateway": "\${router%% *}",
    "DNS": "$(echo "$dns" | sed 's/ /, /g')",
    "DHCP_PID": "$PPID",
    "DHCPServer": "$serverid",
    "LeaseSeconds": "$lease",
    "Domain": "$domain"
  }
}
RECORD
    mv ${record}.new ${record}
    ;;
esac
`;
}

/**
 * ISC dhclient for DHCPv6: of Debian's clients the one that lets each container have files of its own. It does not give its
 * lease back when it ends, so a shell around it does.
 */
export function ipv6Client({ host, container, port }: ClientPlace): ServiceState {
  const name = `${clientPrefix}6-${container}`;
  const folder = serviceFolder(host, name);
  const record = `${folder}/lease.json`;
  return {
    name,
    inside: container,
    lease: { link: 'eth0', family: 'ipv6', record },
    argv: ['sh', `${folder}/client.sh`],
    files: {
      [`${folder}/client.sh`]: ipv6Wrapper(folder),
      [`${folder}/lease.sh`]: ipv6Script(container, record),
      [`${folder}/dhclient.conf`]: ipv6Configuration(container),
      [`${folder}/leases`]: '',
      [`${folder}/port`]: `${port}\n`,
    },
    ready: { kind: 'file', path: `${folder}/pid` },
    readyTimeoutMs,
    stopGraceMs,
  };
}

/** Its name goes along (RFC 4704), so that the server can register it. */
function ipv6Configuration(container: string): string {
  return `send fqdn.fqdn "${container}";
send fqdn.encoded off;
send fqdn.server-update on;
also request dhcp6.fqdn;
timeout 5;
retry 1;
`;
}

function ipv6Wrapper(folder: string): string {
  const files = `-cf ${folder}/dhclient.conf -lf ${folder}/leases -pf ${folder}/pid -sf ${folder}/lease.sh`;
  return `#!/bin/sh
# DUID-LL (RFC 8415): the container's MAC identifies it.
rm -f ${folder}/stopping
# It gives up where the interface has no link-local address yet.
until ip -6 address show dev eth0 scope link | grep -q inet6; do sleep 0.05; done
end() {
  # The other client of this container has a lease to give back yet: the watchdog is not to take the container away.
  : >${folder}/stopping
  kill -s TERM "$client" 2>/dev/null
  wait "$client"
  dhclient -6 -r -D LL ${files} eth0
  exit 0
}
dhclient -6 -d -D LL ${files} eth0 &
client=$!
trap end TERM INT
wait "$client"
`;
}

function ipv6Script(container: string, record: string): string {
  return `#!/bin/sh
# dhclient runs this from the host, inside the container's network: what happened is in $reason.
case "$reason" in
  BOUND6 | RENEW6 | REBIND6)
    if [ -n "$old_ip6_address" ] && [ "$old_ip6_address" != "$new_ip6_address" ]; then
      ip -6 address delete "$old_ip6_address/128" dev "$interface"
    fi
    ip -6 address replace "$new_ip6_address/128" dev "$interface" nodad \\
      valid_lft "$new_max_life" preferred_lft "$new_preferred_life"
    cat >${record}.new <<RECORD
{
  "Container": "${container}",
  "NetworkSettings": {
    "IPAddress": "$new_ip6_address",
    "IPPrefixLen": "128",
    "DNS": "$(echo "$new_dhcp6_name_servers" | sed 's/ /, /g')",
    "DHCP_PID": "$PPID",
    "LeaseSeconds": "$new_max_life"
  }
}
RECORD
    mv ${record}.new ${record}
    ;;
  RELEASE6 | EXPIRE6 | STOP6)
    rm -f ${record}
    ip -6 address delete "$old_ip6_address/128" dev "$interface"
    ;;
esac
`;
}
