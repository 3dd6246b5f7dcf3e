/** Captures in the classic pcap format (pcap-savefile(5)), readable by tcpdump and Wireshark. */
import type { Writable } from 'node:stream';
import type { Frame, NodeSockets, PacketOptions, PacketSocket } from '../sockets.js';

/** Timestamps in microseconds, numbers little-endian. */
const MAGIC = 0xa1b2c3d4;
const LINKTYPE_ETHERNET = 1;
/** tcpdump's own default: more than any frame. */
const SNAP_LENGTH_BYTES = 262_144;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** What may wait in memory for a slow reader before frames are dropped. */
const WAITING_BYTES = 8 * 1024 * 1024;
/** So that a burst does not overrun the socket before it is read; without privilege the kernel gives what it allows. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** The beginning of a capture file, version 2.4. */
export function encodePcapHeader(snapLengthBytes = SNAP_LENGTH_BYTES): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(snapLengthBytes, 16);
  header.writeUInt32LE(LINKTYPE_ETHERNET, 20);
  return header;
}

/** One frame of a capture file. */
export function encodePcapRecord(frame: Pick<Frame, 'data' | 'timeMs' | 'lengthBytes'>): Buffer {
  const timeUs = Math.round(frame.timeMs * 1000);
  const record = Buffer.allocUnsafe(RECORD_HEADER_BYTES + frame.data.length);
  record.writeUInt32LE(Math.floor(timeUs / 1e6), 0);
  record.writeUInt32LE(timeUs % 1e6, 4);
  record.writeUInt32LE(frame.data.length, 8);
  record.writeUInt32LE(Math.max(frame.lengthBytes, frame.data.length), 12);
  frame.data.copy(record, RECORD_HEADER_BYTES);
  return record;
}

export interface CaptureSummary {
  readonly frames: number;
  /** Frames that were seen but not written: by the kernel, because we read too slowly, or here, because the sink did. */
  readonly dropped: number;
}

export interface CaptureOptions extends PacketOptions {
  /** The capture ends by itself after so many frames. */
  readonly maximumFrames?: number;
}

export interface Capture {
  /** Settles when the capture has ended, for whatever reason. */
  readonly ended: Promise<CaptureSummary>;
  summary(): Promise<CaptureSummary>;
  /** Ends the capture, not the sink. Idempotent. */
  stop(): Promise<CaptureSummary>;
}

/** Writes what a node's interfaces carry to a stream, from now on. A stream that fails ends the capture. */
export async function capture(sockets: NodeSockets, options: CaptureOptions, sink: Writable): Promise<Capture> {
  return new StreamCapture(await sockets.packet({ bufferBytes: BUFFER_BYTES, ...options }), options, sink);
}

class StreamCapture implements Capture {
  readonly ended: Promise<CaptureSummary>;
  readonly #socket: PacketSocket;
  readonly #sink: Writable;
  readonly #maximumFrames: number | undefined;
  #settle: (result: CaptureSummary) => void = () => {};
  #fail: (reason: unknown) => void = () => {};
  #frames = 0;
  #dropped = 0;
  #stopping: Promise<CaptureSummary> | undefined;

  constructor(socket: PacketSocket, options: CaptureOptions, sink: Writable) {
    this.#socket = socket;
    this.#sink = sink;
    this.#maximumFrames = options.maximumFrames;
    this.ended = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    sink.once('close', () => void this.stop()).once('error', () => void this.stop());
    sink.write(encodePcapHeader(options.snapLengthBytes));
    socket.onFrame = (frame) => this.#write(frame);
  }

  async summary(): Promise<CaptureSummary> {
    if (this.#stopping !== undefined) return await this.#stopping;
    this.#dropped += await this.#socket.takeDropped();
    return { frames: this.#frames, dropped: this.#dropped };
  }

  stop(): Promise<CaptureSummary> {
    this.#socket.onFrame = () => {};
    const asking = this.summary();
    this.#stopping ??= asking.finally(() => this.#socket.close());
    void this.#stopping.then(this.#settle, this.#fail);
    return this.#stopping;
  }

  #write(frame: Frame): void {
    if (this.#sink.writableLength > WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#frames += 1;
    this.#sink.write(encodePcapRecord(frame));
    if (this.#frames === this.#maximumFrames) void this.stop();
  }
}
