#!/usr/bin/env bash
# Linux: a network namespace has no defaults for its neighbour tables.
# Believed: as net.ipv4.conf.default, net.ipv4.neigh.default stands in every network namespace, and says what its new
# interfaces get.
# Seen: it is not there in any but the machine's first one. New interfaces get the values of the first namespace's default
# at that moment (neigh_parms_alloc copies the table's own parameters, of which the kernel has one set, net/core/neighbour.c),
# so a container's timers of ARP and neighbour discovery are those that the machine was set to when the interface was made.
# Needs ip and unshare (Debian: iproute2, util-linux), as root or with user namespaces. Nothing outside is changed.
set -euo pipefail
echo "Linux $(uname -r), $(ip -V)"
outside=$(cat /proc/sys/net/ipv4/neigh/default/retrans_time_ms 2>/dev/null || echo unknown)
seen=$(unshare --user --map-root-user --net --mount-proc --pid --fork sh -euc '
  for family in ipv4 ipv6; do
    [ -e /proc/sys/net/$family/conf/default ] && conf=yes || conf=no
    [ -e /proc/sys/net/$family/neigh/default ] && neigh=yes || neigh=no
    echo "$family: conf/default $conf, neigh/default $neigh"
  done
  ip link add br0 type bridge
  echo "a new interface: $(cat /proc/sys/net/ipv4/neigh/br0/retrans_time_ms)"
')
echo "$seen"
want='ipv4: conf/default yes, neigh/default no
ipv6: conf/default yes, neigh/default no'
[ "${seen%$'\n'*}" = "$want" ] || { echo 'this has changed'; exit 1; }
[ "$outside" = unknown ] || [ "${seen##*: }" = "$outside" ] || { echo 'this has changed'; exit 1; }
