import { BROADCAST_MAC, encodeEthernet } from '#lab/frames.js';
import type { Frame } from '#lab/sockets.js';

/** netlab's own EtherType: the first of those for local experiments (IEEE 802). */
export const PROBE_ETHER_TYPE = 0x88b5;
export const MAC = '02:00:00:00:00:99';

export function probeFrame(text: string, payloadBytes = 46): Buffer {
  const payload = Buffer.alloc(payloadBytes);
  payload.write(text);
  return encodeEthernet({ destination: BROADCAST_MAC, source: MAC, etherType: PROBE_ETHER_TYPE, payload });
}

export function collect(socket: { onFrame: (frame: Frame) => void }): Frame[] {
  const frames: Frame[] = [];
  socket.onFrame = (frame) => frames.push(frame);
  return frames;
}
