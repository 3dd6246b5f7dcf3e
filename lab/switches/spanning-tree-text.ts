/** What `ovs-appctl stp/show` and `rstp/show` print: the only place where the daemon tells its spanning tree as it is now. Pure. */
import type { ObservedSwitchPort, PortState } from '../switches.js';

export type TreePort = Required<Pick<ObservedSwitchPort, 'portState' | 'role'>>;

export interface TreeText {
  readonly bridgeMac: string;
  readonly rootMac: string;
  readonly isRoot: boolean;
  readonly ports: ReadonlyMap<string, TreePort>;
}

/** Two blocks, `Root ID:` and `Bridge ID:`, each with a `stp-system-id`, then a table of the ports. */
export function parseSpanningTree(text: string): TreeText {
  const [rootMac = '', bridgeMac = rootMac] = Array.from(
    text.matchAll(/stp-system-id\s+([\da-f:]{17})/gu),
    ([, mac]) => mac,
  );
  const [, table = ''] = text.split(/^\s*-+ -+ -+ .*$/mu);
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/u));
  const ports = rows.flatMap(([name = '', role = '', state = '']) => {
    const known = portStateOf(role.toLowerCase(), state.toLowerCase());
    return name === '' || known === undefined ? [] : [[name, { role: role.toLowerCase(), portState: known }] as const];
  });
  return { bridgeMac, rootMac, isRoot: text.includes('This bridge is the root'), ports: new Map(ports) };
}

const states: readonly string[] = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'] satisfies PortState[];

/** RSTP's `discarding` is STP's `blocking` for a port that has to, and `listening` for one that is to forward (IEEE 802.1D-2004, table 17-1). */
function portStateOf(role: string, state: string): PortState | undefined {
  if (state === 'discarding') return role === 'root' || role === 'designated' ? 'listening' : 'blocking';
  return states.includes(state) ? (state as PortState) : undefined;
}
