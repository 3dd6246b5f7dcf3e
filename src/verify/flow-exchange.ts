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

interface Sent {
  readonly startedMs: number;
  attempts: number;
}

/**
 * Sends probes, a bounded number at a time, and waits until each is settled: delivered, refused, or without an answer by
 * the deadline. The clock counts only time in which netlab itself ran: a busy machine must not look like a broken network.
 */
export class Exchange {
  readonly #transport: Transport;
  readonly #waiting: Probe[];
  readonly #limit: number;
  readonly #sent = new Map<Probe, Sent>();
  #clockMs = 0;
  #lastTickMs = 0;
  #finish: (() => void) | undefined;
  #refilling = false;
  #exhausted: Error | undefined;

  constructor(transport: Transport, probes: readonly Probe[], limit: number) {
    this.#transport = transport;
    this.#waiting = probes.toReversed();
    this.#limit = limit;
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
    }
    if (this.#exhausted !== undefined) throw this.#exhausted;
    signal.throwIfAborted();
  }

  #tick(signal: AbortSignal): void {
    if (signal.aborted) this.#finish?.();
    const nowMs = performance.now();
    this.#clockMs += Math.min(nowMs - this.#lastTickMs, 2 * TICK_MS);
    this.#lastTickMs = nowMs;
    for (const [probe, sent] of this.#sent) {
      const ageMs = this.#clockMs - sent.startedMs;
      if (ageMs >= DEADLINE_MS) probe.expire(DEADLINE_MS);
      else if (ageMs >= (RESEND_MS[sent.attempts - 1] ?? DEADLINE_MS)) this.#transmit(probe, sent);
    }
  }

  #refill(): void {
    this.#refilling = false;
    while (this.#sent.size < this.#limit && this.#exhausted === undefined) {
      const probe = this.#waiting.pop();
      if (probe === undefined) break;
      this.#start(probe);
    }
    if (this.#sent.size === 0 && this.#waiting.length === 0) this.#finish?.();
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
    const sent = { startedMs: this.#clockMs, attempts: 0 };
    this.#sent.set(probe, sent);
    probe.onSettled = () => {
      this.#sent.delete(probe);
      // Not at once: many are settled in one turn, and each would send the next from inside a socket's callback.
      if (!this.#refilling) queueMicrotask(() => this.#refill());
      this.#refilling = true;
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
      const code = codeOf(error);
      if (this.#runsOut(code)) return;
      if (code !== undefined && passing.has(code)) probe.refuse(code);
      else if (error instanceof LabError) probe.fail(code ?? error.message);
      else throw error;
    }
  }
}
