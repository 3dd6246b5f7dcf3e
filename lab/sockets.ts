/**
 * Sockets in any node, all in one event loop. To open one is a promise; what happens to it afterwards are events, which come
 * after whoever awaited it had its turn to set handlers. Here a socket is made inside the node's namespace by a synchronous
 * setns/socket/setns and stays there for life; see lab/sockets/ for how.
 */
export type Family = 'ipv4' | 'ipv6';

/** Stops a socket and frees its descriptor. Idempotent. */
export interface Closable {
  close(): void;
}

/** Opens one for each, all at once; when one cannot be opened, the others are closed. @throws what the first `open` throws */
export async function openAll<T, S extends Closable>(
  items: readonly T[],
  open: (item: T) => Promise<S>,
): Promise<readonly S[]> {
  const outcomes = await Promise.allSettled(items.map(open));
  const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const refusal = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refusal === undefined) return opened;
  for (const one of opened) one.close();
  throw refusal.reason;
}

/** What the sender's own kernel refused to send at once. It is told in a later turn than that of the `send`. */
export interface Refusal {
  /** What its sender called it. */
  readonly id: number;
  /** errno name: `EMSGSIZE`, `EHOSTUNREACH`, `ENETUNREACH`, `ENETDOWN`, ... */
  readonly code: string;
  /** For people: the kernel's words, where it was bound, and the MTU of the link with EMSGSIZE. */
  readonly message: string;
  /** MTU of the link, with EMSGSIZE, where the kernel tells it. */
  readonly mtuBytes?: number;
  /** Where it was bound: an address, or the link that a frame was to leave by. */
  readonly destination: string;
}

/** An ICMP error that the kernel queued for a datagram that we sent (IP_RECVERR). */
export interface DatagramError {
  /** errno name: `EMSGSIZE`, `EHOSTUNREACH`, `ECONNREFUSED`, ... */
  readonly code: string;
  /** The MTU that the error announced, with EMSGSIZE. */
  readonly mtuBytes?: number;
  /** Who sent the ICMP error; our own address when our kernel gave up on the neighbour. */
  readonly offender?: string;
  /** Where the datagram was bound. */
  readonly destination?: string;
  /** What the ICMP error quotes of our datagram's payload; often only its beginning. */
  readonly quoted: Buffer;
}

export interface Datagram {
  readonly data: Buffer;
  /** Source address and port as this socket's owner sees them: the proof of "no NAT". */
  readonly address: string;
  readonly port: number;
}

export interface UdpSocket extends Closable {
  readonly port: number;
  /** @param id what it is called when it is refused; 0 when absent. What comes back later goes to `onError`. */
  send(data: Buffer, address: string, port: number, id?: number): void;
  onMessage: (datagram: Datagram) => void;
  onRefused: (refusal: Refusal) => void;
  onError: (error: DatagramError) => void;
}

export interface UdpOptions {
  readonly family: Family;
  /** Local port; the kernel picks one when absent. */
  readonly port?: number;
  /** Local address; any when absent. */
  readonly address?: string;
  /** `probe`: set DF and ignore what the kernel has learned of the path (IP_PMTUDISC_PROBE). */
  readonly pathMtu?: 'probe';
}

/** The echo request of ours that an ICMP error quotes. */
export interface QuotedRequest {
  readonly destination: string;
  readonly identifier: number;
  readonly sequence: number;
}

/** An ICMP or ICMPv6 message as a raw socket of the node received it. `address` is its sender. */
export type IcmpMessage =
  | {
      readonly kind: 'request' | 'reply';
      readonly address: string;
      readonly identifier: number;
      readonly sequence: number;
      readonly payload: Buffer;
      readonly hopLimit?: number;
    }
  | {
      readonly kind: 'too-big';
      readonly address: string;
      readonly mtuBytes: number;
      readonly request?: QuotedRequest;
    }
  | {
      readonly kind: 'unreachable' | 'time-exceeded';
      readonly address: string;
      /** ICMP (RFC 792) or ICMPv6 (RFC 4443) code. */
      readonly code: number;
      readonly request?: QuotedRequest;
    };

export interface EchoRequest {
  readonly address: string;
  readonly identifier: number;
  readonly sequence: number;
  readonly payload: Buffer;
  /** What it is called when it is refused; 0 when absent. */
  readonly id?: number;
}

export interface IcmpSocket extends Closable {
  /** Sends an echo request; the node's own kernel answers at the other end. */
  sendRequest(request: EchoRequest): void;
  /**
   * Sends many, in order, beside the event loop. Those that the kernel refuses go to `onRefused`, and the others are sent all
   * the same.
   * @returns once the kernel has been given all of them
   */
  sendRequests(requests: readonly EchoRequest[]): Promise<void>;
  onMessage: (message: IcmpMessage) => void;
  onRefused: (refusal: Refusal) => void;
}

export interface IcmpOptions {
  readonly family: Family;
  readonly pathMtu?: 'probe';
}

export interface Frame {
  /** Interface of the node that the frame was seen on. */
  readonly link: string;
  /** From the Ethernet header on. */
  readonly data: Buffer;
  /** True when the node sent or forwarded it out of that interface. */
  readonly outgoing: boolean;
  /** When the kernel saw it, in milliseconds since the epoch, with fractions. */
  readonly timeMs: number;
  /**
   * Length in the kernel, in bytes, before the snap. A veth carries GSO super-packets of up to 64 KiB, which a real wire
   * would see cut into segments.
   */
  readonly lengthBytes: number;
}

export interface FrameBurst {
  readonly frames: number;
  readonly untilRefused?: boolean;
}

export interface BurstCounts {
  readonly sent: number;
  readonly refused: number;
}

export interface PacketSocket extends Closable {
  /**
   * Sends a whole Ethernet frame out of a link of the node. This socket itself does not see it, others of the node do.
   * @param id what it is called when it is refused; 0 when absent
   */
  send(link: string, frame: Buffer, id?: number): void;
  /**
   * Sends the same frame so many times, one right after the other, or until the kernel refuses one: its queue is full. Those
   * refused are counted and not told; a closed socket refuses them all.
   */
  sendBurst(link: string, frame: Buffer, burst: FrameBurst): Promise<BurstCounts>;
  onFrame: (frame: Frame) => void;
  onRefused: (refusal: Refusal) => void;
  /** Frames that the kernel dropped because this socket was read too slowly (PACKET_STATISTICS), since the last call. @throws EBADF once closed */
  takeDropped(): Promise<number>;
}

export interface PacketOptions {
  /** Only this interface; every interface of the node when absent. */
  readonly link?: string;
  /** Only frames of this EtherType (a classic BPF filter in the kernel); every frame when absent. */
  readonly etherType?: number;
  /** Only frames that contain these bytes are delivered; compared here, after the kernel's filter. */
  readonly contains?: Buffer;
  /** How much of each frame is kept, in bytes. */
  readonly snapLengthBytes?: number;
  /** Size asked for the receive buffer, in bytes. */
  readonly bufferBytes?: number;
}

export interface SocketAddress {
  /** Without the zone of a link-local one. */
  readonly address: string;
  readonly port: number;
}

export interface TcpError {
  /** errno name: `ECONNREFUSED`, `ENETUNREACH`, `ECONNRESET`, ... */
  readonly code: string;
  readonly message: string;
}

/** One end of a connection. Small writes are not held back (TCP_NODELAY). */
export interface TcpConnection extends Closable {
  /** The other end, of an accepted connection as this node's kernel sees it: the proof of "no NAT". Empty when it was gone at once. */
  readonly peer: SocketAddress;
  write(data: Buffer | string): void;
  /** Sends this, and that nothing more comes. */
  end(data?: Buffer | string): void;
  /** Closes it by a reset, which leaves no TIME_WAIT behind. */
  reset(): void;
  onConnect: () => void;
  onData: (data: Buffer) => void;
  /** The other end sends no more. */
  onEnd: () => void;
  /** It was refused, or broke; `onClose` follows. */
  onError: (error: TcpError) => void;
  /** Told once, however it ended. */
  onClose: () => void;
}

/** Accepts connections until it is closed; those that it has accepted go on. */
export interface TcpServer extends Closable {
  readonly port: number;
  /** One that it has accepted; nothing of it is lost when its handlers are set at once. */
  onConnection: (connection: TcpConnection) => void;
}

export interface TcpListenOptions {
  readonly family: Family;
  /** 0: one that is free. */
  readonly port: number;
  /** A connection on which nothing happens for so long is closed. */
  readonly idleTimeoutMs?: number;
}

export interface TcpConnectOptions {
  readonly family: Family;
  /** An address, not a name. */
  readonly address: string;
  readonly port: number;
  readonly idleTimeoutMs?: number;
}

/** Makes sockets inside one node. All are refused with an error that has the errno name as `code`. */
export interface NodeSockets {
  udp(options: UdpOptions): Promise<UdpSocket>;
  icmp(options: IcmpOptions): Promise<IcmpSocket>;
  packet(options?: PacketOptions): Promise<PacketSocket>;
  /** It listens when it is there. EADDRINUSE when something in the node already listens there. */
  listenTcp(options: TcpListenOptions): Promise<TcpServer>;
  /** Begins to connect: `onConnect` or `onError` tell how that went. */
  connectTcp(options: TcpConnectOptions): Promise<TcpConnection>;
}
