/** nftables, by its own program. */
import type { NetworkNamespace } from '../kernel/namespace.js';
import { runTool, ToolError } from '../process.js';

const TIMEOUT_MS = 10_000;

/** @returns what nft prints @throws ToolError in its words */
export async function runNft(namespace: NetworkNamespace, words: readonly string[], input?: string): Promise<string> {
  const options = { namespace, timeoutMs: TIMEOUT_MS, ...(input === undefined ? {} : { input }) };
  return (await runTool(['nft', ...words], options)).stdout;
}

/** @param table family and name @returns undefined when there is none */
export async function listTable(namespace: NetworkNamespace, table: string): Promise<string | undefined> {
  try {
    return await runNft(namespace, ['list', 'table', ...table.split(' ')]);
  } catch (error) {
    if (error instanceof ToolError && error.output.stderr.includes('No such file')) return undefined;
    throw error;
  }
}
