#!/usr/bin/env bash
# Linux: a macvlan interface follows its parent's MTU down, and never up.
# Believed: it has its parent's MTU, or one of its own; a parent that was made smaller for a moment and is as before leaves
# nothing behind.
# Seen: macvlan_device_event lowers children that are larger than the parent (net/core notifies of NETDEV_CHANGEMTU,
# drivers/net/macvlan.c), and nothing raises them again, in whichever network namespace they are: containers on a macvlan
# keep the smaller MTU until somebody sets it in each.
# Needs ip and unshare (Debian: iproute2, util-linux), as root or with user namespaces. Nothing outside is changed.
set -euo pipefail
echo "Linux $(uname -r), $(ip -V)"
seen=$(unshare --user --map-root-user --net --mount-proc --pid --fork sh -euc '
  mtu() { ip -o link show "$1" | sed "s/.* mtu \([0-9]*\).*/\1/"; }
  ip link add d0 type veth peer name d1
  ip link add m0 link d0 type macvlan mode bridge
  first=$(mtu m0)
  ip link set d0 mtu 1400
  second=$(mtu m0)
  ip link set d0 mtu 1500
  echo "parent 1500 -> 1400 -> $(mtu d0), child $first -> $second -> $(mtu m0)"
')
echo "$seen"
[ "$seen" = 'parent 1500 -> 1400 -> 1500, child 1500 -> 1400 -> 1400' ] || { echo 'this has changed'; exit 1; }
