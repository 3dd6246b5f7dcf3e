export { capture, encodePcapHeader, encodePcapRecord } from './sockets/pcap.js';
