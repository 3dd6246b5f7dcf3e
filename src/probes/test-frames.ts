/** Ethernet frames of netlab's own, which no host answers and no router forwards. */
import { randomBytes } from 'node:crypto';
import type { Lab } from '#lab/lab.js';
import type { Closable, Frame, PacketSocket } from '#lab/sockets.js';

/** IEEE 802 Local Experimental EtherType 1. */
export const testEtherType = 0x88b5;
export const broadcastMac = 'ff:ff:ff:ff:ff:ff';
/** All hosts (RFC 1112): every IPv4 interface takes it, and no bridge may filter it (RFC 4541, section 2.1.2). */
export const allHostsMac = '01:00:5e:00:00:01';

/** Shortest Ethernet frame without its checksum (IEEE 802.3). */
const FRAME_BYTES = 60;
const NONCE_OFFSET = 14;
const NONCE_BYTES = 16;
const SENDER_OFFSET = NONCE_OFFSET + NONCE_BYTES;
/** Many frames may come at once; a snapped frame still takes a whole buffer in the kernel. */
const BUFFER_BYTES = 4 * 1024 * 1024;

export interface TestFrame {
  readonly destination: string;
  /** Which of the measurement's senders, and which of its frames. */
  readonly sender: number;
  readonly sequence: number;
}

/** A test frame as a tap saw it. */
export interface Sighting extends Omit<TestFrame, 'destination'> {
  readonly node: string;
  readonly link: string;
  readonly outgoing: boolean;
}

/** One measurement with test frames: only frames of this one are seen. */
export class FrameSession implements Closable {
  readonly nonce = randomBytes(NONCE_BYTES);
  readonly #lab: Lab;
  /** Those that are open. */
  readonly #open = new Set<PacketSocket>();
  readonly #taps = new Map<string, Promise<PacketSocket>>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  /** Watches the interfaces of a node, or one of them. Once per node. */
  async watch(node: string, onSighting: (sighting: Sighting) => void, link?: string): Promise<void> {
    (await this.#tap(node, link)).onFrame = (frame) => onSighting(sightingOf(node, frame));
  }

  /** Sends a frame out of an interface of a node, from the given MAC address. */
  async send(
    from: { readonly node: string; readonly link: string; readonly mac: string },
    frame: TestFrame,
  ): Promise<void> {
    (await this.#tap(from.node, from.link)).send(from.link, this.#encode(from.mac, frame));
  }

  /** One per node for both uses: to close a packet socket takes the kernel several ms (synchronize_net in packet_release). */
  #tap(node: string, link: string | undefined): Promise<PacketSocket> {
    const opening = this.#taps.get(node) ?? this.#opened(node, link);
    this.#taps.set(node, opening);
    return opening;
  }

  async #opened(node: string, link: string | undefined): Promise<PacketSocket> {
    const options = {
      etherType: testEtherType,
      contains: this.nonce,
      snapLengthBytes: FRAME_BYTES,
      bufferBytes: BUFFER_BYTES,
    };
    const tap = await this.#lab.node(node).sockets.packet(link === undefined ? options : { ...options, link });
    this.#open.add(tap);
    return tap;
  }

  /** Frames that the kernel could not keep for netlab: then what was not seen says nothing. */
  async takeDropped(): Promise<number> {
    const dropped = await Promise.all([...this.#open].map((tap) => tap.takeDropped()));
    return dropped.reduce((sum, one) => sum + one, 0);
  }

  close(): void {
    for (const tap of this.#open) tap.close();
    this.#open.clear();
    this.#taps.clear();
  }

  #encode(source: string, { destination, sender, sequence }: TestFrame): Buffer {
    const frame = Buffer.alloc(FRAME_BYTES);
    macBytes(destination).copy(frame, 0);
    macBytes(source).copy(frame, 6);
    frame.writeUInt16BE(testEtherType, 12);
    this.nonce.copy(frame, NONCE_OFFSET);
    frame.writeUInt16BE(sender, SENDER_OFFSET);
    frame.writeUInt16BE(sequence, SENDER_OFFSET + 2);
    return frame;
  }
}

function sightingOf(node: string, { link, outgoing, data }: Frame): Sighting {
  return {
    node,
    link,
    outgoing,
    sender: data.readUInt16BE(SENDER_OFFSET),
    sequence: data.readUInt16BE(SENDER_OFFSET + 2),
  };
}

function macBytes(mac: string): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}
