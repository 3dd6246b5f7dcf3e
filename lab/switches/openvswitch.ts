/** Open vSwitch: what its database and its daemon tell of bridges, and how a port is shut. */
import { join } from 'node:path';
import { runTool } from '../process.js';
import type { SwitchBridge, SwitchState } from '../service-state.js';
import { LabError } from '../errors.js';
import type { ObservedSwitch, ObservedSwitchPort, SwitchPortCounters } from '../switches.js';
import { askDaemon } from './json-rpc.js';
import { parseSpanningTree, type TreePort } from './spanning-tree-text.js';

const TOOL_TIMEOUT_MS = 10_000;

const databaseSocket = (folder: string): string => join(folder, 'db.sock');
const controlSocket = (folder: string): string => join(folder, 'ovs-vswitchd.ctl');
const openFlow = (folder: string, bridge: string): string => `unix:${join(folder, `${bridge}.mgmt`)}`;

/** The bridges that the daemon was told to have, as they are; one that it does not tell of has a problem. */
export async function observeSwitches({ folder, bridges }: SwitchState): Promise<readonly ObservedSwitch[]> {
  return await Promise.all(
    bridges.map(async ({ name }) => {
      try {
        return await observeBridge(folder, name);
      } catch (error) {
        if (error instanceof LabError) return { name, ports: [], problem: error.message };
        throw error;
      }
    }),
  );
}

/** Rows of tables as RFC 7047, section 5.1, writes them: sets and maps are tagged lists. */
type Row = Readonly<Record<string, unknown>>;

async function observeBridge(folder: string, name: string): Promise<ObservedSwitch> {
  const [bridges, ports, interfaces] = await select(folder, [
    ['Bridge', ['name', 'ports', 'stp_enable', 'rstp_enable']],
    ['Port', ['_uuid', 'name']],
    ['Interface', ['name', 'type', 'options']],
  ]);
  const bridge = bridges?.find((row) => row['name'] === name);
  if (bridge === undefined) return { name, ports: [], problem: `Open vSwitch has no bridge ${name}` };
  const protocol = bridge['rstp_enable'] === true ? 'rstp' : bridge['stp_enable'] === true ? 'stp' : undefined;
  const text = protocol === undefined ? undefined : await askDaemon(controlSocket(folder), `${protocol}/show`, [name]);
  const tree = typeof text === 'string' ? parseSpanningTree(text) : undefined;
  const own = new Set(setOf(bridge['ports']).map((id) => JSON.stringify(id)));
  const names = (ports ?? []).filter((row) => own.has(JSON.stringify(row['_uuid']))).map((row) => String(row['name']));
  // The port of a bridge's own name is its interface in the node, and no part of any loop.
  const observed = names
    .filter((port) => port !== name)
    .map((port) =>
      toPort(
        port,
        interfaces?.find((row) => row['name'] === port),
        tree?.ports,
      ),
    );
  if (tree === undefined || protocol === undefined) return { name, ports: observed };
  const { bridgeMac, rootMac, isRoot } = tree;
  return { name, spanningTree: { protocol, bridgeMac, rootMac, isRoot }, ports: observed };
}

async function select(
  folder: string,
  tables: ReadonlyArray<readonly [table: string, columns: readonly string[]]>,
): Promise<ReadonlyArray<readonly Row[]>> {
  const operations = tables.map(([table, columns]) => ({ op: 'select', table, where: [], columns }));
  const results = await askDaemon(databaseSocket(folder), 'transact', ['Open_vSwitch', ...operations]);
  return (results as ReadonlyArray<{ readonly rows?: readonly Row[] }>).map(({ rows = [] }) => rows);
}

/** A set of one is written as that one. */
function setOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value[0] === 'set' ? (value[1] as readonly unknown[]) : [value];
}

function mapOf(value: unknown): Readonly<Record<string, string>> {
  return Array.isArray(value) && value[0] === 'map'
    ? (Object.fromEntries(value[1] as ReadonlyArray<readonly [string, string]>) as Record<string, string>)
    : {};
}

function toPort(
  name: string,
  found: Row | undefined,
  tree: ReadonlyMap<string, TreePort> | undefined,
): ObservedSwitchPort {
  const state = tree?.get(name);
  const type = typeof found?.['type'] === 'string' ? found['type'] : '';
  return { name, type, options: mapOf(found?.['options']), ...state };
}

/** Bytes through each port of the bridges, as the daemon has counted them until about a second ago. */
export async function countSwitchPorts({ folder, bridges }: SwitchState): Promise<readonly SwitchPortCounters[]> {
  const counted = bridges.map(async ({ name: bridge }) => {
    const argv = ['ovs-ofctl', '--names', 'dump-ports', openFlow(folder, bridge)] as const;
    const { stdout } = await runTool(argv, { timeoutMs: TOOL_TIMEOUT_MS });
    return parseCounters(bridge, stdout);
  });
  return (await Promise.all(counted)).flat();
}

/** Two lines for each port: `port  "gre1": rx pkts=4, bytes=208, ...` and `tx pkts=4, bytes=246, ...`. */
function parseCounters(bridge: string, text: string): readonly SwitchPortCounters[] {
  const pattern = /^\s*port\s+"?([^":]+)"?: rx pkts=\d+, bytes=(\d+).*\n\s*tx pkts=\d+, bytes=(\d+)/gmu;
  return Array.from(text.matchAll(pattern), ([, port = '', rx, tx]) => {
    return { bridge, port, rxBytes: Number(rx), txBytes: Number(tx) };
  });
}

/**
 * Lets a port receive and send, or neither. A tunnel is no device that could be down, so the switch is told to drop
 * (OFPPC_NO_RECV, OFPPC_NO_FWD).
 */
export async function openSwitchPort(
  { folder }: SwitchState,
  { name: bridge }: SwitchBridge,
  port: string,
  isOpen: boolean,
): Promise<void> {
  for (const behaviour of isOpen ? ['receive', 'forward'] : ['no-receive', 'no-forward'])
    await runTool(['ovs-ofctl', 'mod-port', openFlow(folder, bridge), port, behaviour], { timeoutMs: TOOL_TIMEOUT_MS });
}

/** Forgets which address is behind which port. */
export async function forgetSwitchAddresses({ folder, bridges }: SwitchState): Promise<void> {
  for (const { name } of bridges) await askDaemon(controlSocket(folder), 'fdb/flush', [name]);
}
