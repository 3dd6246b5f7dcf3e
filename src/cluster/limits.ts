/** How large a cluster may be, whatever its network and the machine could hold. */

/** Hosts that netlab builds at most. */
export const maxHosts = 250;
/** A Linux bridge has at most 1024 ports (BR_MAX_PORTS, net/bridge/br_private.h); eth1 and spares are taken off. */
export const maxContainersPerHost = 1000;
