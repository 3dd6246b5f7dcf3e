/** Frames that checks send and read themselves, as bytes: pure. */
export { type ArpMessage, arpProbe, decodeArp } from './sockets/arp.js';
export {
  BROADCAST_MAC,
  decodeEthernet,
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV6,
  type EthernetFrame,
  encodeEthernet,
} from './sockets/ethernet.js';
export {
  decodeNeighbourAdvertisement,
  duplicateAddressSolicitation,
  type NeighbourAdvertisement,
} from './sockets/nd.js';
