import { close } from 'node:fs';
import { systemCall, trySystemCall } from '../kernel/libc.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import { SystemCallError } from '../kernel/system-call-error.js';
import type { BurstCounts, Frame, FrameBurst, PacketOptions, PacketSocket } from '../sockets.js';
import { openSocket, PumpedSocket, prepared, SOCK_RAW, SOL_SOCKET, setOption } from './descriptor.js';
import { type Message, receiveMessage } from './message.js';
import { attachFilter, filterProgram } from './packet-filter.js';
import { AF_PACKET, decodeLinkAddress, encodeLinkAddress } from './socket-address.js';

/** errno.h. */
const EBADF = 9;
const ETH_P_ALL = 3;
/** linux/if_packet.h. */
const SOL_PACKET = 263;
const PACKET_STATISTICS = 6;
const PACKET_AUXDATA = 8;
const TP_STATUS_VLAN_VALID = 1 << 4;
/** asm-generic/socket.h. */
const SO_RCVBUF = 8;
const SO_RCVBUFFORCE = 33;
const SO_TIMESTAMPNS = 35;
/** linux/sockios.h, struct ifreq in linux/if.h. */
const SIOCGIFNAME = 0x8910;
const SIOCGIFINDEX = 0x8933;
const IFREQ_BYTES = 40;
const IFNAMSIZ = 16;
const READS_PER_TURN = 128;
/** Destination and source address of an Ethernet frame. */
const ADDRESSES_BYTES = 12;

class KernelPacketSocket extends PumpedSocket implements PacketSocket {
  onFrame: (frame: Frame) => void = () => {};
  readonly #contains: Buffer | undefined;
  readonly #names = new Map<number, string>();

  constructor(fd: number, contains: Buffer | undefined) {
    super(fd);
    this.#contains = contains;
  }

  send(link: string, frame: Buffer, id = 0): void {
    if (!this.open) return;
    const index = tryLinkIndex(this.fd, link);
    const result = index < 0 ? index : this.#sendOut(encodeLinkAddress(index, ETH_P_ALL), frame);
    if (result < 0) this.refuse({ id, errno: -result, destination: link });
  }

  async sendBurst(link: string, frame: Buffer, { frames, untilRefused = false }: FrameBurst): Promise<BurstCounts> {
    if (!this.open) return { sent: 0, refused: untilRefused ? 1 : frames };
    const to = encodeLinkAddress(linkIndex(this.fd, link), ETH_P_ALL);
    let sent = 0;
    for (let tried = 1; tried <= frames; tried += 1) {
      if (this.#sendOut(to, frame) >= 0) sent += 1;
      else if (untilRefused) return { sent, refused: 1 };
    }
    return { sent, refused: frames - sent };
  }

  #sendOut(to: Buffer, frame: Buffer): number {
    return trySystemCall('sendto', this.fd, frame, frame.length, 0, to, to.length);
  }

  async takeDropped(): Promise<number> {
    if (!this.open) throw new SystemCallError('getsockopt', EBADF, 'the socket is closed');
    const statistics = Buffer.alloc(8);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(statistics.length);
    systemCall('getsockopt', this.fd, SOL_PACKET, PACKET_STATISTICS, statistics, length);
    return statistics.readUInt32LE(4);
  }

  /**
   * On a thread of libuv's pool: the kernel waits for every packet under way before it lets go of such a socket
   * (synchronize_net in packet_release, net/packet/af_packet.c), about 12 ms that the event loop has better uses for.
   */
  protected override release(): void {
    close(this.fd, () => undefined);
  }

  protected ready(): void {
    for (let count = 0; count < READS_PER_TURN && this.open; count += 1) {
      const message = receiveMessage(this.fd);
      if (message === undefined) return;
      if (this.#contains === undefined || message.data.includes(this.#contains)) this.onFrame(this.#decode(message));
    }
  }

  #decode(message: Message): Frame {
    const { link, outgoing } = decodeLinkAddress(message.name());
    const auxiliary = message.control(SOL_PACKET, PACKET_AUXDATA);
    return {
      link: this.#linkName(link),
      outgoing,
      timeMs: timeMsOf(message.control(SOL_SOCKET, SO_TIMESTAMPNS)),
      lengthBytes: auxiliary?.readUInt32LE(4) ?? message.data.length,
      data: withVlanTag(message.data, auxiliary),
    };
  }

  #linkName(index: number): string {
    const known = this.#names.get(index);
    if (known !== undefined) return known;
    const name = linkName(this.fd, index);
    this.#names.set(index, name);
    return name;
  }
}

/** The kernel takes a VLAN tag out of the frame on reception and keeps it beside (struct tpacket_auxdata). */
function withVlanTag(data: Buffer, auxiliary: Buffer | undefined): Buffer {
  if (auxiliary === undefined || (auxiliary.readUInt32LE(0) & TP_STATUS_VLAN_VALID) === 0) return Buffer.from(data);
  const tag = Buffer.alloc(4);
  tag.writeUInt16BE(auxiliary.readUInt16LE(18), 0);
  tag.writeUInt16BE(auxiliary.readUInt16LE(16), 2);
  return Buffer.concat([data.subarray(0, ADDRESSES_BYTES), tag, data.subarray(ADDRESSES_BYTES)]);
}

function timeMsOf(timespec: Buffer | undefined): number {
  if (timespec === undefined) return Date.now();
  return Number(timespec.readBigInt64LE(0)) * 1e3 + Number(timespec.readBigInt64LE(8)) / 1e6;
}

/** @throws SystemCallError ENODEV when the socket's node has no such link */
function linkIndex(fd: number, name: string): number {
  const index = tryLinkIndex(fd, name);
  if (index < 0) throw new SystemCallError('ioctl', -index, `link ${name}`);
  return index;
}

/** @returns the negative error number when there is no such link */
function tryLinkIndex(fd: number, name: string): number {
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write(name, 0, IFNAMSIZ - 1, 'utf8');
  const result = trySystemCall('ioctl', fd, SIOCGIFINDEX, request);
  return result < 0 ? result : request.readInt32LE(IFNAMSIZ);
}

/** A link may be gone by the time that its frame is read: then its index has to do. */
function linkName(fd: number, index: number): string {
  const request = Buffer.alloc(IFREQ_BYTES);
  request.writeInt32LE(index, IFNAMSIZ);
  if (trySystemCall('ioctl', fd, SIOCGIFNAME, request) < 0) return `if${index}`;
  return request.toString('utf8', 0, request.indexOf(0));
}

/** More than net.core.rmem_max is for the machine's root only; others get that much. */
function setReceiveBuffer(fd: number, bytes: number): void {
  const value = Buffer.alloc(4);
  value.writeInt32LE(bytes);
  if (trySystemCall('setsockopt', fd, SOL_SOCKET, SO_RCVBUFFORCE, value, value.length) < 0)
    setOption(fd, SOL_SOCKET, SO_RCVBUF, bytes);
}

/**
 * A packet socket (packet(7)). It is made for no protocol and bound only after its filter is in place, so that no other
 * frame slips in before.
 */
export function openPacket(namespace: NetworkNamespace, options: PacketOptions): KernelPacketSocket {
  const fd = prepared(openSocket(namespace, AF_PACKET, SOCK_RAW, 0), (socket) => {
    attachFilter(socket, filterProgram(options.etherType, options.snapLengthBytes));
    setOption(socket, SOL_PACKET, PACKET_AUXDATA, 1);
    setOption(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1);
    if (options.bufferBytes !== undefined) setReceiveBuffer(socket, options.bufferBytes);
    const local = encodeLinkAddress(options.link === undefined ? 0 : linkIndex(socket, options.link), ETH_P_ALL);
    systemCall('bind', socket, local, local.length);
  });
  return new KernelPacketSocket(fd, options.contains);
}
