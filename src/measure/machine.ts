import { ToolError } from '#lab/process.js';
import { LabError } from '#lab/errors.js';
import type { LabNode } from '#lab/lab.js';
import type { BenchMachine } from '../result/bench.js';
import { processorModel } from '#lab/processor-time.js';

const TIMEOUT_MS = 5_000;
const CONGESTION = 'net.ipv4.tcp_congestion_control';
/** What ethtool calls them, and what decides how much a veth carries at a time. */
const SHOWN = /^(?:rx-checksumming|tx-checksumming|scatter-gather|.*segmentation-offload|.*receive-offload)$/u;

/** What figures depend on beside the network itself. */
export async function describeMachine(node: LabNode, link: string): Promise<BenchMachine> {
  const { [CONGESTION]: congestionControl = '' } = await node.sysctls([CONGESTION]);
  return {
    processor: processorModel(),
    offloads: await offloadsOf(node, link),
    congestionControl,
  };
}

async function offloadsOf(node: LabNode, link: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { stdout } = await node.run(['ethtool', '-k', link], { timeoutMs: TIMEOUT_MS });
    return parseOffloads(stdout);
  } catch (error) {
    // A fact less in the document is no reason to measure nothing.
    if (error instanceof ToolError || error instanceof LabError) return {};
    throw error;
  }
}

/** `tcp-segmentation-offload: on [fixed]` */
export function parseOffloads(text: string): Readonly<Record<string, string>> {
  const found = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = /^([\w-]+): (on|off)/u.exec(line) ?? [];
    return SHOWN.test(name) ? [[name, value] as const] : [];
  });
  return Object.fromEntries(found);
}
