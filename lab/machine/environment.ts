/** The facts about this machine that a result must carry to be understood later. */
import { readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';

/** Structurally the Environment of a run's result, see src/result/result.ts. */
export interface Environment {
  /** Kernel release, as uname(2) gives it. */
  readonly kernel: string;
  /** Processors that this process may use. */
  readonly cores: number;
  /** Version of Node.js. */
  readonly node: string;
  readonly privilege: Privilege;
  /** Tool name to version as it prints it. */
  readonly tools: Readonly<Record<string, string>>;
}

/** Root of the machine, or root only inside a user namespace. */
export type Privilege = 'root' | 'user namespace';

/** @param tools versions that are known already: nothing is run here */
export function readEnvironment(tools: Readonly<Record<string, string>> = {}): Environment {
  return {
    kernel: release(),
    cores: availableParallelism(),
    node: process.versions.node,
    privilege: privilege(),
    tools: { ...tools },
  };
}

/** The same inside and outside of the sandbox: a user namespace maps ids (user_namespaces(7)), the machine's own maps all to themselves. */
export function privilege(): Privilege {
  const [inside, outside, count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number);
  const initial = inside === 0 && outside === 0 && count === 0xffffffff;
  return initial && process.geteuid?.() === 0 ? 'root' : 'user namespace';
}
