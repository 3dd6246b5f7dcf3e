/** Frames that checks send and read themselves, as bytes: pure. */
export { arpProbe, decodeArp } from './sockets/arp.js';
export { BROADCAST_MAC, ETHER_TYPE_ARP, ETHER_TYPE_IPV6, encodeEthernet } from './sockets/ethernet.js';
export { decodeUdp, ETHER_TYPE_IPV4, encodeUdp } from './sockets/ipv4-udp.js';
export { decodeNeighbourAdvertisement, duplicateAddressSolicitation } from './sockets/nd.js';
