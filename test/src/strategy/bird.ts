/** Asking the routing daemons of running labs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { TestLab } from '../../support/sandboxed-lab.js';

const longEnoughMs = 30_000;

/** A command line that asks a node's BIRD. */
export function birdc(node: string, command: string): string {
  return `birdc -s /run/netlab/nodes/${node}/bird/bird.ctl ${command}`;
}

export async function routesOf(lab: TestLab, node: string): Promise<string> {
  return (await lab.sh(node, 'ip route')).output;
}

/** Runs the command until it prints that. @returns how long that took, in ms */
export async function eventually(
  t: ExecutionContext,
  lab: TestLab,
  node: string,
  command: string,
  pattern: RegExp,
): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const { output } = await lab.sh(node, command);
    const tookMs = performance.now() - startedMs;
    if (pattern.test(output)) return tookMs;
    if (tookMs > longEnoughMs) t.fail(`${node}: ${command} never printed ${pattern}, but ${output}`);
    await delay(50);
  }
}
