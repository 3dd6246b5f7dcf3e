export { type Capture, type CaptureSummary, capture, encodePcapHeader, encodePcapRecord } from './sockets/pcap.js';
