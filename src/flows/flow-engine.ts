import { AsyncResource } from 'node:async_hooks';
import type { Lab, LabNode } from '#lab/lab.js';
import type { Closable } from '#lab/sockets.js';
import { answeringFor } from '#lab/stray-errors.js';
import { isUnspecified } from '../address/ip.js';
import type { Plan } from '../plan/plan.js';
import { Probing } from './flow-probing.js';
import type { FlowRequest, FlowResult, Flows } from '../check/flow.js';
import { WindowedRuns } from './window-runs.js';

export interface FlowsOptions {
  readonly lab: Lab;
  readonly plan: Pick<Plan, 'endpoints'>;
  /** Ends what is under way: `measure` rejects with its reason. */
  readonly signal: AbortSignal;
  /** How long a probe may take; long enough for a thousand containers when absent. */
  readonly deadlineMs?: number;
}

/** Flows of one verify; `close` frees their sockets. */
export interface OwnedFlows extends Flows, Closable {}

/**
 * Measures flows between endpoints. Requests made in one turn of the event loop are measured together; each flow once,
 * unless one of its nodes has been made anew meanwhile.
 */
export function createFlows(options: FlowsOptions): OwnedFlows {
  return new FlowEngine(options);
}

interface Known {
  readonly source: LabNode | undefined;
  readonly destination: LabNode | undefined;
  readonly result: Promise<FlowResult>;
}

interface Pending {
  readonly request: FlowRequest;
  readonly settle: (result: FlowResult | undefined) => void;
  readonly reject: (reason: unknown) => void;
}

/** To nobody's address: the kernel would take it for this very node. */
function unsent(request: FlowRequest, node: string): FlowResult {
  const problem = `${node} has no ${request.family === 'ipv4' ? 'IPv4' : 'IPv6'} address: it was given none`;
  return { ...request, delivered: false, arrived: false, receivedBy: [], overflowed: false, problem };
}

class FlowEngine implements OwnedFlows {
  readonly #lab: Lab;
  readonly #probing: Probing;
  readonly #runs: WindowedRuns;
  readonly #known = new Map<string, Known>();
  #pending: Pending[] = [];
  readonly #lacking = new Map<string, boolean>();
  #running = false;
  /** No part of the check that happens to ask first: all that ask get to know what goes wrong. */
  readonly #begin = AsyncResource.bind(() => void this.#runBatches());

  constructor({ lab, plan, signal, deadlineMs }: FlowsOptions) {
    this.#lab = lab;
    this.#probing = new Probing(lab, plan.endpoints, signal, deadlineMs);
    this.#runs = new WindowedRuns(lab, (requests) => this.#probing.probe(requests), signal);
  }

  async measure(requests: readonly FlowRequest[]): Promise<readonly FlowResult[]> {
    const results = await Promise.all(requests.map((request) => this.#knownOrMeasured(request)));
    // The endpoints of a flow that somebody else asked for may be other objects than those of this request.
    return results.map((result, index) => {
      const { from, to } = requests[index] as FlowRequest;
      return result.from === from && result.to === to ? result : { ...result, from, to };
    });
  }

  close(): void {
    this.#probing.close();
  }

  #knownOrMeasured(request: FlowRequest): Promise<FlowResult> {
    const { from, to, protocol, family } = request;
    const lacking = [from, to].find((end) => this.#isLacking(end[family]));
    if (lacking !== undefined) return Promise.resolve(unsent(request, lacking.node));
    const key = `${from.node} ${from[family]} ${to.node} ${to[family]} ${protocol} ${family}`;
    const source = this.#lab.nodes.get(from.node);
    const destination = this.#lab.nodes.get(to.node);
    const known = this.#known.get(key);
    if (known !== undefined && known.source === source && known.destination === destination) return known.result;
    const result = this.#enqueue(request);
    this.#known.set(key, { source, destination, result });
    return result;
  }

  /** Remembered, because every address is that of very many flows. */
  #isLacking(address = '0.0.0.0'): boolean {
    const known = this.#lacking.get(address) ?? isUnspecified(address);
    this.#lacking.set(address, known);
    return known;
  }

  #enqueue(request: FlowRequest): Promise<FlowResult> {
    if (!this.#running) {
      this.#running = true;
      setImmediate(this.#begin);
    }
    return new Promise((resolve, reject) => {
      const settle = (result: FlowResult | undefined) =>
        result === undefined ? reject(new Error('a flow was not measured')) : resolve(result);
      this.#pending.push({ request, settle, reject });
    });
  }

  async #runBatches(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      try {
        const results = await answeringFor(() => this.#runs.run(batch.map(({ request }) => request)));
        for (const { request, settle } of batch) settle(results.get(request));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#running = false;
  }
}
