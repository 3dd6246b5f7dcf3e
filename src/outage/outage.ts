/**
 * How long flows are interrupted: a datagram every 10 ms from each source to its destination's own socket, one way, all in
 * this process. Only what was sent counts, so that netlab's own lag makes probes rarer and never an outage.
 */
import { randomBytes } from 'node:crypto';
import type { Lab, LabNode } from '#lab/lab.js';
import type { UdpSocket } from '#lab/sockets.js';
import { patiently } from '../probes/patience.js';
import type { Endpoint } from '../plan/plan.js';

export const PROBE_INTERVAL_MS = 10;
/** From here on, one for each endpoint: containers may share a network. No daemon of a strategy listens there. */
const FIRST_PORT = 34_560;
const NONCE_BYTES = 8;
const HEADER_BYTES = NONCE_BYTES + 8;
/** A flow is there when so many of its last probes have arrived. */
const STEADY = 5;
/** How long the last probes may take to arrive. */
const STRAGGLER_MS = 100;

export interface Stream {
  readonly from: Endpoint;
  readonly to: Endpoint;
}

/** When probes were lost, in ms since the cause. */
export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Outage extends Stream {
  readonly sent: number;
  readonly lost: number;
  /** The longest time without an arrival; until the end where it never came back. */
  readonly outageMs: number;
  /** So long it was away for sure: from the first probe that was lost to the last one, however rare netlab's probes were. */
  readonly atLeastMs: number;
  readonly gaps: readonly Gap[];
  /** It worked in the end. */
  readonly isBack: boolean;
}

/** Streams of probes between endpoints, from when they are made until they are closed. */
export class Streams {
  readonly #lab: Lab;
  readonly #streams: readonly Stream[];
  readonly #nonce = randomBytes(NONCE_BYTES);
  readonly #ports = new Map<string, number>();
  readonly #sockets = new Map<string, { readonly node: LabNode; readonly socket: UdpSocket }>();
  /** Sequence numbers that arrived, of each stream. */
  readonly #arrived: ReadonlyArray<Set<number>>;
  readonly #sentAtMs: number[] = [];
  #causeMs = 0;
  #causeSequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(lab: Lab, streams: readonly Stream[]) {
    this.#lab = lab;
    this.#streams = streams;
    this.#arrived = streams.map(() => new Set<number>());
    for (const { from, to } of streams)
      for (const { node } of [from, to])
        if (!this.#ports.has(node)) this.#ports.set(node, FIRST_PORT + this.#ports.size);
    this.resume();
  }

  resume(): void {
    void this.#send();
    this.#timer = setInterval(() => void this.#send(), PROBE_INTERVAL_MS);
  }

  /** Streams that arrive now. */
  get steady(): readonly Stream[] {
    // The very last ones may be on their way.
    const newest = this.#sentAtMs.length - 1;
    return this.#streams.filter((_, index) => {
      const arrived = [...(this.#arrived[index] ?? [])].slice(-STEADY);
      const [first = -1, last = -1] = [arrived[0], arrived.at(-1)];
      return (
        arrived.length === STEADY &&
        last - first < 2 * STEADY &&
        newest - last < 2 * STEADY &&
        first >= this.#causeSequence
      );
    });
  }

  /** Probes of each stream so far. */
  get sent(): number {
    return this.#sentAtMs.length;
  }

  /** What comes from now on is the consequence of something. */
  mark(): void {
    this.#causeMs = performance.now();
    this.#causeSequence = this.#sentAtMs.length;
  }

  /** Sends no more; the last probes may take a while to arrive. @returns one for each stream, in their order */
  async pause(signal: AbortSignal): Promise<readonly Outage[]> {
    clearInterval(this.#timer);
    const last = this.#sentAtMs.length - 1;
    await patiently(() => this.#arrived.every((arrived) => arrived.has(last)), STRAGGLER_MS, signal);
    return this.#streams.map((stream, index) => this.#outageOf(stream, this.#arrived[index] ?? new Set()));
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const { socket } of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  async #send(): Promise<void> {
    const sequence = this.#sentAtMs.length;
    this.#sentAtMs.push(performance.now());
    await Promise.all([...this.#ports.keys()].map((name) => this.#open(name)));
    for (const [index, { from, to }] of this.#streams.entries()) {
      const data = Buffer.alloc(HEADER_BYTES);
      this.#nonce.copy(data);
      data.writeUInt32BE(index, NONCE_BYTES);
      data.writeUInt32BE(sequence, NONCE_BYTES + 4);
      // What the kernel refuses to send is lost like others.
      this.#sockets.get(from.node)?.socket.send(data, to.ipv4, this.#ports.get(to.node) ?? 0);
    }
  }

  /** A node that has booted anew needs a new socket; one that is gone has none. */
  async #open(name: string): Promise<void> {
    const node = this.#lab.nodes.get(name);
    if (this.#sockets.get(name)?.node === node) return;
    this.#sockets.delete(name);
    if (node === undefined) return;
    try {
      const socket = await node.sockets.udp({ family: 'ipv4', port: this.#ports.get(name) ?? 0 });
      if (this.#isClosed) return socket.close();
      socket.onMessage = ({ data }) => this.#take(name, data);
      this.#sockets.set(name, { node, socket });
    } catch {
      // It is just being made: the next probe tries again.
    }
  }

  #take(node: string, data: Buffer): void {
    if (data.length !== HEADER_BYTES || !data.subarray(0, NONCE_BYTES).equals(this.#nonce)) return;
    const index = data.readUInt32BE(NONCE_BYTES);
    if (this.#streams[index]?.to.node === node) this.#arrived[index]?.add(data.readUInt32BE(NONCE_BYTES + 4));
  }

  #outageOf(stream: Stream, arrived: ReadonlySet<number>): Outage {
    const count = this.#sentAtMs.length;
    const sequences = Array.from({ length: count - this.#causeSequence }, (_, i) => this.#causeSequence + i);
    const lost = sequences.filter((sequence) => !arrived.has(sequence));
    const runs = consecutive(lost);
    const gaps = runs.map(([first, last]) => ({ fromMs: this.#atMs(first), toMs: this.#atMs(last + 1) }));
    return {
      ...stream,
      sent: sequences.length,
      lost: lost.length,
      outageMs: Math.max(0, ...gaps.map(({ fromMs, toMs }) => toMs - fromMs)),
      atLeastMs: Math.max(0, ...runs.map(([first, last]) => this.#atMs(last) - this.#atMs(first))),
      gaps,
      isBack: lost.at(-1) !== count - 1,
    };
  }

  /** When a probe was sent, in ms since the cause; of the one that would have come next, when it would have been. */
  #atMs(sequence: number): number {
    const last = this.#sentAtMs.length - 1;
    const sentMs = this.#sentAtMs[Math.min(sequence, last)] ?? performance.now();
    return Math.round(sentMs - this.#causeMs) + (sequence > last ? PROBE_INTERVAL_MS : 0);
  }
}

/** The first and the last of each run of consecutive numbers. */
function consecutive(numbers: readonly number[]): ReadonlyArray<readonly [number, number]> {
  const firsts = numbers.filter((number, i) => numbers[i - 1] !== number - 1);
  const lasts = numbers.filter((number, i) => numbers[i + 1] !== number + 1);
  return firsts.map((first, i) => [first, lasts[i] ?? first]);
}
