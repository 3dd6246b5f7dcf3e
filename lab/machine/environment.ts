/** The facts about this machine that a result must carry to be understood later. */
import { readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { probeBinary } from '../capabilities/binaries.js';

/** Part of a run's result. */
export interface Environment {
  /** Kernel release, as uname(2) gives it. */
  readonly kernel: string;
  /** Processors that this process may use. */
  readonly cores: number;
  /** Version of Node.js. */
  readonly node: string;
  /** Root of the machine, or root only inside a user namespace. */
  readonly privilege: 'root' | 'user namespace';
  /** Program name to version as it prints it. */
  readonly tools: Readonly<Record<string, string>>;
}

/** @param programs whose versions matter; those probed before cost nothing, those that are not there are left out */
export async function readEnvironment(programs: readonly string[] = []): Promise<Environment> {
  const binaries = await Promise.all([...new Set(programs)].map(probeBinary));
  const tools = binaries.flatMap(({ name, version }) => (version === undefined ? [] : [[name, version] as const]));
  return {
    kernel: release(),
    cores: availableParallelism(),
    node: process.versions.node,
    privilege: isMachineRoot() ? 'root' : 'user namespace',
    tools: Object.fromEntries(tools),
  };
}

/** CAP_NET_ADMIN and CAP_SYS_ADMIN (linux/capability.h): what making and entering network namespaces needs. */
const NEEDED_CAPABILITIES = (1n << 12n) | (1n << 21n);

/** Whether this process can make namespaces itself: as root, unless a container engine has taken that away, and in a sandbox. */
export function mayMakeNamespaces(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & NEEDED_CAPABILITIES) === NEEDED_CAPABILITIES;
}

/** False for root of a user namespace, which is an ordinary user outside. Its ids are mapped; the machine's own all to themselves (user_namespaces(7)). */
export function isMachineRoot(): boolean {
  const [inside, outside, count] = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number);
  return process.geteuid?.() === 0 && inside === 0 && outside === 0 && count === 0xffffffff;
}
