import { systemCall, trySystemCall } from '../kernel/libc.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { EchoRequest, Family, IcmpMessage, IcmpOptions, IcmpSocket } from '../sockets.js';
import { openSocket, PumpedSocket, prepared, probePathMtu, SOCK_RAW, SOL_IPV6, setOption } from './descriptor.js';
import { decodeIcmp, decodeIcmpv6, encodeRequest, icmpTypes } from './icmp-message.js';
import { type Message, receiveMessage } from './message.js';
import { type OutgoingMessage, receiveBatch, sendBatch } from './message-batch.js';
import { decodeSocketAddress, domainOf, socketAddress } from './socket-address.js';

const IPPROTO_ICMP = 1;
const IPPROTO_ICMPV6 = 58;
/** linux/icmp.h: a bit for each type that is not wanted. */
const SOL_RAW = 255;
const ICMP_FILTER = 1;
/** netinet/icmp6.h: 256 such bits. */
const ICMP6_FILTER = 1;
const ICMP6_FILTER_BYTES = 32;
/** linux/in6.h. */
const IPV6_RECVHOPLIMIT = 51;
const IPV6_HOPLIMIT = 52;
const READS_PER_TURN = 64;

class KernelIcmpSocket extends PumpedSocket implements IcmpSocket {
  onMessage: (message: IcmpMessage) => void = () => {};
  readonly #family: Family;

  constructor(fd: number, family: Family) {
    super(fd);
    this.#family = family;
  }

  sendRequest(request: EchoRequest): void {
    if (!this.open) return;
    const { data, to } = this.#encode(request);
    const result = trySystemCall('sendto', this.fd, data, data.length, 0, to, to.length);
    if (result < 0) this.#refuse(request, -result);
  }

  async sendRequests(requests: readonly EchoRequest[]): Promise<void> {
    const messages = requests.map((request) => this.#encode(request));
    await this.whileOpen(async () => {
      await sendBatch(this.fd, messages, (index, errno) => this.#refuse(requests[index] as EchoRequest, errno));
    });
  }

  #encode({ address, identifier, sequence, payload }: EchoRequest): OutgoingMessage {
    return {
      data: encodeRequest(this.#family, identifier, sequence, payload),
      to: socketAddress(this.#family, address, 0),
    };
  }

  #refuse({ id = 0, address }: EchoRequest, errno: number): void {
    this.refuse({ id, errno, destination: address });
  }

  protected ready(): void {
    if (this.#family === 'ipv4') this.#readIpv4();
    else this.#readIpv6();
  }

  /** An IPv4 packet has its header with it, so nothing but the packet is needed and many can be read at a time. */
  #readIpv4(): void {
    receiveBatch(this.fd, (packet) => {
      const message = decodeIcmp(packet);
      if (message !== undefined && this.open) this.onMessage(message);
    });
  }

  #readIpv6(): void {
    for (let count = 0; count < READS_PER_TURN && this.open; count += 1) {
      const received = receiveMessage(this.fd);
      if (received === undefined) return;
      const message = fromIpv6(received);
      if (message !== undefined) this.onMessage(message);
    }
  }
}

function fromIpv6(received: Message): IcmpMessage | undefined {
  const from = decodeSocketAddress(received.name());
  const hopLimit = received.control(SOL_IPV6, IPV6_HOPLIMIT)?.readInt32LE(0);
  return from === undefined ? undefined : decodeIcmpv6(received.data, from.address, hopLimit);
}

/** Lets only echo messages and the errors that can answer them up to us. */
function filterMessages(fd: number, family: Family): void {
  const wanted = Object.values(icmpTypes[family]);
  const filter = Buffer.alloc(family === 'ipv4' ? 4 : ICMP6_FILTER_BYTES, 0xff);
  for (const type of wanted) filter[type >> 3] = (filter[type >> 3] ?? 0) & ~(1 << (type & 7));
  if (family === 'ipv4') systemCall('setsockopt', fd, SOL_RAW, ICMP_FILTER, filter, filter.length);
  else systemCall('setsockopt', fd, IPPROTO_ICMPV6, ICMP6_FILTER, filter, filter.length);
}

export function openIcmp(namespace: NetworkNamespace, options: IcmpOptions): KernelIcmpSocket {
  const { family } = options;
  const protocol = family === 'ipv4' ? IPPROTO_ICMP : IPPROTO_ICMPV6;
  const fd = prepared(openSocket(namespace, domainOf(family), SOCK_RAW, protocol), (socket) => {
    filterMessages(socket, family);
    if (family === 'ipv6') setOption(socket, SOL_IPV6, IPV6_RECVHOPLIMIT, 1);
    if (options.pathMtu === 'probe') probePathMtu(socket, family);
  });
  return new KernelIcmpSocket(fd, family);
}
