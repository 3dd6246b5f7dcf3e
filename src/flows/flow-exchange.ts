import { LabError } from '#lab/errors.js';
import type { Probe } from './flow-probe.js';
import { codeOf, demandResources, type Transport } from './flow-transport.js';

/** When a probe without an answer is sent again: packets are lost while addresses are resolved and broadcasts flood queues. */
const RESEND_MS = [50, 100, 200, 300, 400, 500, 700, 900, 1100] as const;
/**
 * Longer than a second, after which the kernel asks a neighbour that did not answer again (RETRANS_TIMER of RFC 4861,
 * net.ipv4.neigh.*.retrans_time_ms): what we send meanwhile waits for that.
 */
export const DEADLINE_MS = 1300;
const TICK_MS = 20;
/**
 * Refusals after which the same packet may pass a moment later: a full queue, a neighbour that is being resolved, a
 * neighbour table without room (ENOBUFS over IPv4, EINVAL over IPv6: net/ipv6/ip6_output.c).
 */
const passing = new Set(['ENOBUFS', 'EINVAL', 'EAGAIN', 'ENOMEM', 'EHOSTUNREACH', 'ECONNREFUSED']);

/**
 * A probe that has waited so long gives its place to the next one: what is lost floods nothing while its time runs out, and
 * a hundred losses cost no more than one.
 */
const HOLDS_PLACE_MS = 150;
/** So many times more than may be under way: each holds a socket or two while its time runs out. */
const LINGERING = 8;

/** How many probes may be under way: of all, and of those that make nodes ask for each other by broadcast. */
export interface Limits {
  readonly underWay: number;
  readonly asking: number;
  /** How long a probe may take; {@link DEADLINE_MS} when absent. */
  readonly deadlineMs?: number | undefined;
}

/** What follows each probe that asks, maybe nothing. */
export type Following = ReadonlyMap<Probe, readonly Probe[]>;

interface Sent {
  readonly startedMs: number;
  attempts: number;
  /** Counts among those of which only so many may be under way. */
  holdsPlace: boolean;
}

/**
 * Sends probes, a bounded number at a time, and waits until each is settled: delivered, refused, or without an answer by
 * the deadline. The clock counts only time in which netlab itself ran: a busy machine must not look like a broken network.
 */
export class Exchange {
  readonly #transport: Transport;
  readonly #limits: Limits;
  readonly #asking: Probe[];
  readonly #following: Following;
  readonly #ready: Probe[] = [];
  readonly #sent = new Map<Probe, Sent>();
  #clockMs = 0;
  #lastTickMs = 0;
  #finish: (() => void) | undefined;
  #refilling = false;
  /** Its sockets are closed, and nothing may be sent any more. */
  #isOver = false;
  #askingUnderWay = 0;
  #placesTaken = 0;
  #exhausted: Error | undefined;

  /** @param following probes that can be sent as soon as the one that they follow is settled */
  constructor(transport: Transport, limits: Limits, asking: readonly Probe[], following: Following = new Map()) {
    this.#transport = transport;
    this.#limits = limits;
    this.#asking = asking.toReversed();
    this.#following = following;
  }

  /** @throws the signal's reason when it is aborted */
  async run(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#lastTickMs = performance.now();
    const timer = setInterval(() => this.#tick(signal), TICK_MS);
    try {
      await new Promise<void>((resolve) => {
        this.#finish = resolve;
        this.#refill();
      });
    } finally {
      clearInterval(timer);
      this.#isOver = true;
    }
    if (this.#exhausted !== undefined) throw this.#exhausted;
    signal.throwIfAborted();
  }

  #tick(signal: AbortSignal): void {
    if (signal.aborted) this.#finish?.();
    const nowMs = performance.now();
    this.#clockMs += Math.min(nowMs - this.#lastTickMs, 2 * TICK_MS);
    this.#lastTickMs = nowMs;
    const { deadlineMs = DEADLINE_MS } = this.#limits;
    for (const [probe, sent] of this.#sent) {
      const ageMs = this.#clockMs - sent.startedMs;
      if (ageMs >= deadlineMs) probe.expire(deadlineMs);
      else if (ageMs >= (RESEND_MS[sent.attempts - 1] ?? deadlineMs)) this.#transmit(probe, sent);
      if (ageMs >= HOLDS_PLACE_MS) this.#giveUpPlace(probe, sent);
    }
    this.#transport.flush?.();
    this.#refillSoon();
  }

  /** Whoever follows the probe need not wait any longer either: its node has asked for the other's address by now. */
  #giveUpPlace(probe: Probe, sent: Sent): void {
    if (!sent.holdsPlace) return;
    sent.holdsPlace = false;
    this.#placesTaken -= 1;
    const following = this.#following.get(probe);
    if (following === undefined) return;
    this.#askingUnderWay -= 1;
    this.#ready.push(...following);
  }

  /**
   * Not at once: many are settled in one turn, and each would send the next from inside a socket's callback. Not as a microtask
   * either: what one throws is nobody's in particular in Node.js 20 (see lab/stray-errors.ts).
   */
  #refillSoon(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    setImmediate(() => {
      this.#refilling = false;
      if (!this.#isOver) this.#refill();
    });
  }

  #refill(): void {
    const most = this.#limits.underWay;
    while (this.#placesTaken < most && this.#sent.size < LINGERING * most && this.#exhausted === undefined) {
      const probe = this.#ready.pop() ?? this.#nextAsking();
      if (probe === undefined) break;
      // It may have turned out before that it cannot be sent.
      if (probe.settled) this.#ready.push(...(this.#following.get(probe) ?? []));
      else this.#start(probe);
    }
    this.#transport.flush?.();
    if (this.#sent.size === 0 && this.#asking.length === 0) this.#finish?.();
  }

  #nextAsking(): Probe | undefined {
    return this.#askingUnderWay < this.#limits.asking ? this.#asking.pop() : undefined;
  }

  /** Sends nothing more when netlab itself has run out of something; `run` then throws. */
  #runsOut(code: string | undefined): boolean {
    try {
      demandResources(code);
      return false;
    } catch (error) {
      this.#exhausted = error as Error;
      this.#finish?.();
      return true;
    }
  }

  #start(probe: Probe): void {
    const sent = { startedMs: this.#clockMs, attempts: 0, holdsPlace: true };
    const following = this.#following.get(probe);
    this.#sent.set(probe, sent);
    this.#placesTaken += 1;
    if (following !== undefined) this.#askingUnderWay += 1;
    probe.onRefused = (code) => this.#refused(probe, code);
    probe.onUnsent = (error) => this.#unsent(probe, error);
    probe.onSettled = () => {
      this.#sent.delete(probe);
      this.#giveUpPlace(probe, sent);
      this.#refillSoon();
    };
    this.#transmit(probe, sent);
  }

  #transmit(probe: Probe, sent: Sent): void {
    const attempt = sent.attempts;
    sent.attempts += 1;
    probe.sending();
    try {
      this.#transport.transmit(probe, attempt);
    } catch (error) {
      this.#unsent(probe, error);
    }
  }

  #unsent(probe: Probe, error: unknown): void {
    if (!(error instanceof LabError)) throw error;
    const code = codeOf(error);
    if (code === undefined) probe.fail(error.message);
    else this.#refused(probe, code);
  }

  #refused(probe: Probe, code: string): void {
    if (this.#runsOut(code)) return;
    if (passing.has(code)) probe.refuse(code);
    else probe.fail(code);
  }
}
