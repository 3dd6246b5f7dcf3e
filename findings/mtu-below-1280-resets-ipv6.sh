#!/usr/bin/env bash
# Linux: an MTU below 1280 and back takes more of IPv6 with it than addresses.
# Believed: the MTU of an interface is one setting; who puts it back has the interface as before, perhaps without its
# addresses, since IPv6 asks for links of 1280 bytes (RFC 8200, section 5).
# Seen: every net.ipv6.conf.INTERFACE.* that was set for the interface is the default of its network namespace again
# (addrconf_notify ends the interface's IPv6 below 1280 and makes it anew, net/ipv6/addrconf.c). forwarding, accept_ra and
# disable_ipv6 of a bridge port are among them: a host can begin to take router advertisements because of an MTU.
# Needs ip and unshare (Debian: iproute2, util-linux), as root or with user namespaces. Nothing outside is changed.
set -euo pipefail
echo "Linux $(uname -r), $(ip -V)"
seen=$(unshare --user --map-root-user --net --mount-proc --pid --fork sh -euc '
  ip link add d0 type veth peer name d1
  ip link set d1 up
  ip link set d0 up
  conf=/proc/sys/net/ipv6/conf/d0
  echo 0 >$conf/accept_ra
  echo 33 >$conf/hop_limit
  ip -6 address add fd00::1/64 dev d0 nodad
  set -- $(cat $conf/accept_ra $conf/hop_limit)
  ip link set d0 mtu 1279
  ip link set d0 mtu 1500
  echo "accept_ra $1 -> $(cat $conf/accept_ra), hop_limit $2 -> $(cat $conf/hop_limit), addresses left: $(ip -6 address show dev d0 | grep -c fd00::1 || true)"
')
echo "$seen"
[ "$seen" = 'accept_ra 0 -> 1, hop_limit 33 -> 64, addresses left: 0' ] || { echo 'this has changed'; exit 1; }
