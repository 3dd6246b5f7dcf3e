#!/usr/bin/env bash
# Linux: which all-routers groups a forwarding interface listens to depends on what came first, it or its forwarding.
# Believed: an interface that forwards IPv6 has joined the three all-routers groups (RFC 4291, section 2.8: ff01::2, ff02::2,
# ff05::2), however it came to forward.
# Seen: all three are joined when forwarding is switched on for an interface that is there (dev_forward_change,
# net/ipv6/addrconf.c). One that is made later, and forwards by net.ipv6.conf.default from its first moment on, joins ff02::2
# alone (ipv6_add_dev). So a router that sets its sysctls at boot does not hear ff05::2 on any interface that is added
# afterwards: bridges, tunnels, VLANs.
# Needs ip and unshare (Debian: iproute2, util-linux), as root or with user namespaces. Nothing outside is changed.
set -euo pipefail
echo "Linux $(uname -r), $(ip -V)"
seen=$(unshare --user --map-root-user --net --mount-proc --pid --fork sh -euc '
  groups() { ip -6 maddress show dev "$1" | grep -o "ff0[0-9]*::2$" | sort | paste -sd " " -; }
  ip link add before type veth peer name before-peer
  echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
  ip link add after type veth peer name after-peer
  for link in before after; do
    echo "$link: forwarding $(cat /proc/sys/net/ipv6/conf/$link/forwarding), $(groups $link)"
  done
')
echo "$seen"
want='before: forwarding 1, ff01::2 ff02::2 ff05::2
after: forwarding 1, ff02::2'
[ "$seen" = "$want" ] || { echo 'this has changed'; exit 1; }
