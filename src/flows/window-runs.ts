import type { Lab } from '#lab/lab.js';
import { inWindow } from '#lab/turns.js';
import type { Probe } from './flow-probe.js';
import type { FlowRequest, FlowResult } from '../check/flow.js';
import { countFitting, type Ends, groupByNodes } from './windows.js';

/** Part of a window that flows get which were lost while the table overflowed. */
const SECOND_TRY_SHARE = 0.25;

/**
 * Losses of at most this part of all flows are measured once more: broadcasts in a network of a thousand nodes overrun the
 * kernel's packet queues now and then, which is the lab's trouble and not the strategy's. What is broken stays lost.
 */
const SPORADIC_SHARE = 0.02;

/** Measures flows in windows of the neighbour table, one after another. */
export class WindowedRuns {
  readonly #lab: Lab;
  readonly #probe: (requests: readonly FlowRequest[]) => Promise<readonly Probe[]>;
  readonly #signal: AbortSignal;

  constructor(lab: Lab, probe: (requests: readonly FlowRequest[]) => Promise<readonly Probe[]>, signal: AbortSignal) {
    this.#lab = lab;
    this.#probe = probe;
    this.#signal = signal;
  }

  /** @returns a result for each request. One that an overflow may have spoiled even in a small window is marked. */
  async run(requests: readonly FlowRequest[]): Promise<ReadonlyMap<FlowRequest, FlowResult>> {
    const results = new Map<FlowRequest, FlowResult>();
    await this.#pass(requests, 1, results);
    const spoiled = [...results].flatMap(([request, { overflowed }]) => (overflowed ? [request] : []));
    await this.#pass(spoiled, SECOND_TRY_SHARE, results);
    const lost = [...results].flatMap(([request, { delivered, overflowed }]) =>
      delivered || overflowed ? [] : [request],
    );
    if (lost.length <= SPORADIC_SHARE * results.size) await this.#pass(lost, SECOND_TRY_SHARE, results);
    return results;
  }

  async #pass(requests: readonly FlowRequest[], share: number, results: Map<FlowRequest, FlowResult>): Promise<void> {
    const groups = groupByNodes(requests);
    while (groups.length > 0) {
      const { value, overflowed } = await inWindow(
        this.#lab,
        async (room) => {
          const fitting = countFitting(groups, { ipv4: room.ipv4 * share, ipv6: room.ipv6 * share });
          return await this.#probeAndForget(groups.splice(0, fitting).flat());
        },
        this.#signal,
      );
      for (const probe of value) {
        const result = probe.result(overflowed);
        const isFirst = !results.has(probe.request);
        results.set(probe.request, isFirst ? result : { ...result, repeated: true });
      }
    }
  }

  /** The entries are deleted while the window is still ours: the next one may be another lab's. */
  async #probeAndForget(requests: readonly FlowRequest[]): Promise<readonly Probe[]> {
    try {
      return await this.#probe(requests);
    } finally {
      await forgetEnds(this.#lab, requests);
    }
  }
}

/** Deletes what the flows' ends, and the nodes that forward between them, have learned of each other. */
export async function forgetEnds(lab: Lab, requests: readonly Ends[]): Promise<void> {
  const names = new Set<string>();
  const addresses = new Set<string>();
  for (const { from, to, family } of requests)
    for (const end of [from, to]) {
      names.add(end.node);
      addresses.add(end[family] ?? '');
    }
  const involved = [...lab.nodes].filter(([name, { state }]) => names.has(name) || forwards.has(state.role));
  for (const [, { state }] of involved) for (const { via = '' } of state.routes) addresses.add(via);
  addresses.delete('');
  const learned = [...addresses];
  await Promise.all(involved.map(([, node]) => node.forgetNeighbours(learned)));
}

const forwards: ReadonlySet<string> = new Set(['host', 'router', 'world']);
