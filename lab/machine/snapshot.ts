/** The machine's own network as data, to prove that a run has left it as it was. */
import { readFileSync } from 'node:fs';
import { LabError } from '../errors.js';
import { runTool } from '../process.js';
import { type NetworkObjects, readNetworkObjects } from './network-objects.js';
import { readSysctls } from './sysctls.js';

/** A ruleset of thousands of lines is listed well within this. */
const NFT_TIMEOUT_MS = 5000;
/** How many names a line of "not compared" gives before it counts the rest. */
const NAMES_SHOWN = 3;

/** Everything is text in a fixed form under a name that people know, so that two snapshots compare as plain data. */
export interface MachineSnapshot extends NetworkObjects {
  /** The ruleset without counters; null when it could not be read. */
  readonly nftables: string | null;
  /** `net.ipv4.ip_forward` to `0`. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Modules that the kernel has loaded; empty on a kernel without modules. */
  readonly modules: readonly string[];
  /** What could not be read, each with the reason. */
  readonly notCompared: readonly string[];
}

/** What every snapshot holds, in words. */
export const COMPARED = [
  'links',
  'addresses',
  'routes of all tables',
  'rules',
  'permanent neighbours',
  'sysctls below net',
] as const;

/**
 * Reads the network of the namespace that this process is in, which is the machine's own outside a sandbox.
 * @throws LabError when the kernel refuses a dump
 */
export async function snapshotMachine(): Promise<MachineSnapshot> {
  // The child works while this thread reads the rest.
  const listing = readNftables();
  const { values, unreadable } = readSysctls();
  const objects = readNetworkObjects();
  const { ruleset, reason } = await listing;
  const notCompared = [
    ...(reason === undefined ? [] : [`nftables ruleset: ${reason}`]),
    ...describeUnreadable(unreadable),
    ...legacyIptables(),
  ];
  return { ...objects, nftables: ruleset, sysctls: values, modules: loadedModules(), notCompared };
}

async function readNftables(): Promise<{ readonly ruleset: string | null; readonly reason?: string }> {
  if (process.geteuid?.() !== 0) return { ruleset: null, reason: 'only root can read it' };
  try {
    const { stdout } = await runTool(['nft', '--stateless', 'list', 'ruleset'], { timeoutMs: NFT_TIMEOUT_MS });
    return { ruleset: stdout };
  } catch (error) {
    if (error instanceof LabError) return { ruleset: null, reason: error.message };
    throw error;
  }
}

function describeUnreadable(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return [`sysctls that only root can read: ${names.slice(0, NAMES_SHOWN).join(', ')}${more}`];
}

/** Rules that the older iptables has made are invisible to nft. The kernel names the tables that are in use. */
function legacyIptables(): string[] {
  return ['ip_tables_names', 'ip6_tables_names'].flatMap((file) => {
    const tables = readOr(`/proc/net/${file}`, '').split('\n').filter(Boolean);
    return tables.length === 0 ? [] : [`rules of the legacy iptables tables ${tables.join(', ')}`];
  });
}

function loadedModules(): string[] {
  return readOr('/proc/modules', '')
    .split('\n')
    .flatMap((line) => line.split(' ', 1))
    .filter((name) => name !== '')
    .toSorted();
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
