import { closeSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import { LabError } from '../../errors.js';
import { systemCall, trySystemCall } from '../libc.js';
import type { NetworkNamespace } from '../namespace.js';
import {
  AF_NETLINK,
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_GET_STRICT_CHK,
  NETLINK_ROUTE,
  NLM_F_ACK,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSGERR_ATTR_MSG,
  SOL_NETLINK,
} from './constants.js';
import {
  decodeAttributes,
  decodeMessages,
  decodeText,
  encodeBatch,
  HEADER_BYTES,
  type Message,
  type Request,
} from './message.js';

const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
/** More than the kernel puts into one datagram of a dump (32 KiB, net/netlink/af_netlink.c). */
const RECEIVE_BYTES = 64 * 1024;
/** Requests in one send; more at a time gain nothing and their answers could overflow the socket's receive buffer. */
const BATCH = 64;

/** A request that the kernel refused, in its own words where it has some. */
export class NetlinkError extends LabError {
  /** errno name: `EEXIST`, `EOPNOTSUPP`, ... */
  readonly code: string;
  readonly node: string;
  readonly object: string;

  constructor(node: string, object: string, errno: number, kernelWords: string) {
    const [code, words] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
    super(`${node}: ${object}: ${kernelWords === '' ? words : kernelWords} (${code})`);
    this.code = code;
    this.node = node;
    this.object = object;
  }
}

/** A request that was answered with an error, or undefined for an acknowledgement. */
type Answer = { readonly errno: number; readonly words: string } | undefined;

/** An rtnetlink socket inside one node's namespace. It stays there: no setns is needed for later requests. */
export class NetlinkSocket {
  readonly #fd: number;
  readonly #node: string;
  #sequence = 1;
  static readonly #received = Buffer.alloc(RECEIVE_BYTES);

  private constructor(fd: number, node: string) {
    this.#fd = fd;
    this.#node = node;
  }

  /**
   * @param node name of the node, for errors
   * @param protocol netlink family; rtnetlink unless another is asked for
   */
  static open(namespace: NetworkNamespace, node: string, protocol = NETLINK_ROUTE): NetlinkSocket {
    const fd = namespace.run(() => systemCall('socket', AF_NETLINK, SOCK_RAW_CLOEXEC, protocol));
    const one = Buffer.from([1, 0, 0, 0]);
    for (const option of [NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK]) {
      systemCall('setsockopt', fd, SOL_NETLINK, option, one, 4);
    }
    return new NetlinkSocket(fd, node);
  }

  /**
   * Carries out requests in order. The kernel works through all of a batch, also past a refused one.
   * @throws NetlinkError for the first request that was refused
   */
  execute(requests: readonly Request[]): void {
    this.#answers(requests).forEach((answer, index) => {
      if (answer === undefined) return;
      throw new NetlinkError(this.#node, requests[index]?.object ?? '', answer.errno, answer.words);
    });
  }

  /** Carries out requests whose refusal is expected; returns the number that the kernel accepted. */
  attempt(requests: readonly Request[]): number {
    return this.#answers(requests).filter((answer) => answer === undefined).length;
  }

  /**
   * Carries out requests of which nobody wants to know whether the kernel accepted them. Only the last of a batch is
   * acknowledged, which costs the kernel and us less than half.
   */
  tryAll(requests: readonly Request[]): void {
    for (let start = 0; start < requests.length; start += BATCH) {
      const batch = requests.slice(start, start + BATCH);
      const last = batch.length - 1;
      const flagsOf = (index: number): number => NLM_F_REQUEST | (index === last ? NLM_F_ACK : 0);
      const first = this.#send(batch.map((request, index) => ({ ...request, flags: request.flags | flagsOf(index) })));
      while (!this.#receives(first + last));
    }
  }

  /** Reads one datagram of answers. @returns whether the one to this request is among them */
  #receives(sequence: number): boolean {
    let found = false;
    for (const message of this.#receive()) found ||= message.type === NLMSG_ERROR && message.sequence === sequence;
    return found;
  }

  /**
   * Asks for every object of a kind. `body` is the fixed part (and filter) of the request. What changed while the kernel
   * told it may be missing: then it is asked again.
   */
  dump(type: number, body: Buffer, object: string): Message[] {
    let found = this.#dumpOnce(type, body, object);
    for (let attempt = 1; isInterrupted(found) && attempt < MOST_DUMPS; attempt += 1) {
      found = this.#dumpOnce(type, body, object);
    }
    return found;
  }

  #dumpOnce(type: number, body: Buffer, object: string): Message[] {
    const flags = NLM_F_REQUEST | NLM_F_DUMP;
    const sequence = this.#send([{ type, flags, body, object }]);
    const found: Message[] = [];
    for (;;) {
      for (const message of this.#receive()) {
        if (message.sequence !== sequence) continue;
        const done = message.type === NLMSG_DONE || message.type === NLMSG_ERROR;
        if (!done) found.push({ ...message, body: Buffer.from(message.body) });
        const errno = done ? -message.body.readInt32LE(0) : 0;
        if (errno !== 0) throw new NetlinkError(this.#node, object, errno, '');
        if (done) return found;
      }
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #answers(requests: readonly Request[]): Answer[] {
    const answers: Answer[] = [];
    for (let start = 0; start < requests.length; start += BATCH) {
      answers.push(...this.#answerBatch(requests.slice(start, start + BATCH)));
    }
    return answers;
  }

  #answerBatch(requests: readonly Request[]): Answer[] {
    const acknowledged = requests.map((request) => ({ ...request, flags: request.flags | NLM_F_REQUEST | NLM_F_ACK }));
    const first = this.#send(acknowledged);
    const answers: Answer[] = Array.from({ length: requests.length });
    let open = requests.length;
    while (open > 0) {
      for (const message of this.#receive()) {
        if (message.type !== NLMSG_ERROR || message.sequence < first) continue;
        answers[message.sequence - first] = decodeAnswer(message);
        open -= 1;
      }
    }
    return answers;
  }

  #send(requests: readonly Request[]): number {
    const first = this.#sequence;
    this.#sequence += requests.length;
    const batch = encodeBatch(requests, first);
    systemCall('send', this.#fd, batch, batch.length, 0);
    return first;
  }

  /** rtnetlink has answered by the time send returns, so this does not block. A signal may interrupt it: once more then. */
  #receive(): Iterable<Message> {
    const buffer = NetlinkSocket.#received;
    let length = trySystemCall('recv', this.#fd, buffer, buffer.length, 0);
    while (length === -EINTR) length = trySystemCall('recv', this.#fd, buffer, buffer.length, 0);
    if (length < 0) throw new NetlinkError(this.#node, 'netlink answer', -length, '');
    return decodeMessages(buffer.subarray(0, length));
  }
}

const EINTR = 4;
const MOST_DUMPS = 5;

const isInterrupted = (messages: readonly Message[]): boolean =>
  messages.some(({ flags }) => (flags & NLM_F_DUMP_INTR) !== 0);

function decodeAnswer(message: Message): Answer {
  const errno = -message.body.readInt32LE(0);
  if (errno === 0) return undefined;
  if ((message.flags & NLM_F_ACK_TLVS) === 0) return { errno, words: '' };
  const echoed = (message.flags & NLM_F_CAPPED) === 0 ? message.body.readUInt32LE(4) : HEADER_BYTES;
  const attributes = decodeAttributes(message.body, 4 + ((echoed + 3) & ~3));
  return { errno, words: decodeText(attributes.get(NLMSGERR_ATTR_MSG)) };
}
