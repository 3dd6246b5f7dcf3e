/** netlab's side of the benchmark, inside a sandbox: the same objects as the other sides make, and all-pairs probes. */
import { enterSandbox } from '#lab/inside.js';
import type { NodeState } from '#lab/state.js';
import type { Plan } from '#src/plan/plan.js';
import type { FlowRequest } from '#src/check/flow.js';
import { createFlows } from '#src/flows/flow-engine.js';

const inside = enterSandbox();

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const startedMs = performance.now();
  const value = await work();
  return { ms: performance.now() - startedMs, value };
}

inside.serve({
  async build({ nodes }: { nodes: readonly NodeState[] }) {
    return (await timed(async () => await inside.lab.apply(nodes))).ms;
  },
  /** Every ordered pair of containers by ICMP, from empty neighbour tables, receivers already open on neither side. */
  async allPairs({ plan }: { plan: Plan }) {
    const containers = plan.endpoints.filter(({ role }) => role === 'container');
    const requests: FlowRequest[] = containers.flatMap((from) =>
      containers.filter((to) => to !== from).map((to) => ({ from, to, protocol: 'icmp', family: 'ipv4' })),
    );
    const flows = createFlows({ lab: inside.lab, plan, signal: new AbortController().signal });
    const { ms: allMs, value } = await timed(async () => await flows.measure(requests));
    flows.close();
    // Other labs of the machine are no work of this one.
    const ms = allMs - (await inside.lab.waits()).totalMs;
    return { ms, flows: value.length, lost: value.filter(({ delivered }) => !delivered).length };
  },
});
