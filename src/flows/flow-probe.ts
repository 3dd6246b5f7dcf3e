import type { FlowRequest, FlowResult } from '../check/flow.js';

/** After so many refusals a flow is given up: one may be of a moment in which something was still starting. */
const REFUSALS = 2;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A flow while it is being measured: what is known of it so far. */
export class Probe {
  readonly id: number;
  readonly request: FlowRequest;
  /** Address that it is sent to. */
  readonly address: string;
  /** Told once, when there is nothing more to wait for. */
  onSettled: () => void = () => {};
  /** Told when the source's own kernel refused to send it, with the errno name. */
  onRefused: (code: string) => void = () => {};
  /** Told of what else kept it from being sent. */
  onUnsent: (error: unknown) => void = () => {};
  #settled = false;
  #arrived = false;
  #answered = false;
  #seenSource: string | undefined;
  #problem: string | undefined;
  #refusals = 0;
  #startedMs = 0;
  #rttMs: number | undefined;
  #receivedBy: Set<string> | undefined;

  constructor(id: number, request: FlowRequest, address: string) {
    this.id = id;
    this.request = request;
    this.address = address;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Answers are timed from the latest transmission on; so an answer to an earlier one looks faster than it was. */
  sending(): void {
    this.#startedMs = performance.now();
  }

  /** A node's own socket received it. */
  arriveAt(node: string, source: string): void {
    if (node !== this.request.to.node) {
      (this.#receivedBy ??= new Set()).add(node);
      return;
    }
    this.#arrived = true;
    this.#seenSource ??= source;
    this.#settleWhenDelivered();
  }

  /** The source got the answer. */
  answer(): void {
    this.#answered = true;
    this.#rttMs ??= performance.now() - this.#startedMs;
    this.#settleWhenDelivered();
  }

  /** Somebody refused it: a router, the destination, our own kernel. It may still succeed when it is sent again. */
  refuse(problem: string): void {
    this.#problem = problem;
    this.#refusals += 1;
    if (this.#refusals >= REFUSALS) this.#settle();
  }

  /** It cannot succeed. */
  fail(problem: string): void {
    this.#problem = problem;
    this.#settle();
  }

  expire(deadlineMs: number): void {
    this.#problem ??= `${this.#arrived ? 'it arrived, but ' : ''}no answer within ${deadlineMs} ms`;
    this.#settle();
  }

  /** Written out: of the tens of thousands of flows of a large lab each has one. */
  result(overflowed: boolean): FlowResult {
    const delivered = this.#arrived && this.#answered;
    const result: Writable<FlowResult> = {
      from: this.request.from,
      to: this.request.to,
      protocol: this.request.protocol,
      family: this.request.family,
      delivered,
      arrived: this.#arrived,
      receivedBy: this.#receivedBy === undefined ? [] : [...this.#receivedBy],
      overflowed: overflowed && !delivered,
    };
    if (this.#seenSource !== undefined) result.seenSource = this.#seenSource;
    if (!delivered && this.#problem !== undefined) result.problem = this.#problem;
    if (delivered && this.#rttMs !== undefined) result.rttMs = this.#rttMs;
    return result;
  }

  #settleWhenDelivered(): void {
    if (this.#arrived && this.#answered) this.#settle();
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.onSettled();
  }
}
