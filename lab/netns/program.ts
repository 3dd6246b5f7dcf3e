import type { NetworkNamespace } from '../kernel/namespace.js';
import type { LabProgram } from '../lab.js';
import type { Argv } from '../machine/command-line.js';
import { spawnIn } from '../process.js';

/** @throws LabError when it cannot be started */
export async function startProgram(namespace: NetworkNamespace, argv: Argv): Promise<LabProgram> {
  const child = await spawnIn(namespace, argv, { output: 'ignore' });
  return { kill: (signal) => void child.kill(signal), ended: () => child.exit };
}
