/** dhcp-garbagecollection of dhcp-ip-per-container.txt: containers and DHCP clients exist in pairs. */
import { type ServiceState, serviceFolder, servicesRoot } from '#lab/state.js';
import { clientPrefix } from './client.js';

export const watchdogName = 'lease-watchdog';
/** Between two looks: Docker's events would tell of containers, nothing tells of processes. */
const intervalSeconds = 0.25;

/**
 * Compares the containers' ports of the bridge with the clients that the host runs for them. A container whose client has
 * gone is taken off the network, as its address may be given to somebody else; a client whose container has gone is ended.
 * A client runs inside of its container, so there was a port. It looks for that first: a container that comes a moment later, under the name of one that is gone, has no client yet.
 */
export function watchdog(host: string): ServiceState {
  const script = `${serviceFolder(host, watchdogName)}/${watchdogName}.sh`;
  return {
    name: watchdogName,
    argv: ['sh', script],
    files: { [script]: scriptFor(`${servicesRoot}/${host}`) },
    ready: { kind: 'started' },
    readyTimeoutMs: 10_000,
    stopGraceMs: 1_000,
  };
}

function scriptFor(root: string): string {
  return `#!/bin/sh
# Each folder of a client has the name of the container's port (port) and the client's process id (pid); "paired" is put
# there when both have been seen, "stopping" by a client that was told to end. Only shell built-ins, as this looks all the time.
has_port() {
  while read -r name rest; do
    [ "$name" = "$1:" ] && return 0
  done </proc/net/dev
  return 1
}

look() {
  [ -f "$1/stopping" ] && return
  read -r port <"$1/port" || return
  pid= there=
  has_port "$port" && there=yes
  [ -f "$1/pid" ] && read -r pid <"$1/pid"
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then
    if [ -n "$there" ] || has_port "$port"; then
      : >"$1/paired"
    else
      echo "client $pid has lost its container, which was at $port: ended"
      rm -f "$1/paired" "$1/pid"
      kill "$pid"
    fi
  elif [ -n "$pid" ] || [ -f "$1/paired" ]; then
    rm -f "$1/paired" "$1/pid"
    if [ -n "$there" ]; then
      echo "the container at $port has lost its client \${pid:-}: taken off the network"
      ip link delete dev "$port"
    fi
  fi
}

while :; do
  for folder in ${root}/${clientPrefix}*-*/; do
    [ -f "\${folder}port" ] && look "\${folder%/}"
  done
  sleep ${intervalSeconds}
done
`;
}
