import type { NodeState, SwitchBridge, SwitchPort } from '#lab/state.js';
import type { ObservedSwitch, ObservedSwitchPort } from '#lab/switches.js';
import type { Drift } from './difference.js';

/** How the bridges that services forward for differ from what these were told. */
export function switchDrift({ name, services }: NodeState, observed: readonly ObservedSwitch[]): readonly Drift[] {
  const bridges = services.flatMap((service) => service.switch?.bridges ?? []);
  return bridges.flatMap((bridge) => {
    const found = observed.find((one) => one.name === bridge.name);
    return bridgeDrift(name, bridge, found);
  });
}

function bridgeDrift(node: string, planned: SwitchBridge, found: ObservedSwitch | undefined): readonly Drift[] {
  const where = `${node}:${planned.name}`;
  if (found === undefined || found.problem !== undefined)
    return [{ where, what: 'switch', planned: 'a bridge', found: `unknown: ${found?.problem ?? 'not asked'}` }];
  const tree = found.spanningTree?.protocol ?? 'off';
  const extra = found.ports.filter(({ name }) => !planned.ports.some((port) => port.name === name));
  return [
    ...compared(where, 'spanning tree', planned.spanningTree, tree),
    ...planned.ports.flatMap((port) => portDrift(`${node}:${port.name}`, port, portNamed(found, port.name))),
    ...extra.map(({ name, type }) => ({
      where: `${node}:${name}`,
      what: `port of ${planned.name}`,
      planned: 'none',
      found: type || 'an interface',
    })),
  ];
}

function portNamed({ ports }: ObservedSwitch, name: string): ObservedSwitchPort | undefined {
  return ports.find((port) => port.name === name);
}

function portDrift(where: string, planned: SwitchPort, found: ObservedSwitchPort | undefined): readonly Drift[] {
  if (found === undefined) return [{ where, what: 'port', planned: planned.type ?? 'an interface', found: 'none' }];
  const { options = {} } = planned;
  const names = new Set([...Object.keys(options), ...Object.keys(found.options)]);
  return [
    ...compared(where, 'type', planned.type ?? '', found.type),
    ...[...names].flatMap((name) => compared(where, name, options[name] ?? 'none', found.options[name] ?? 'none')),
  ];
}

function compared(where: string, what: string, planned: string, found: string): readonly Drift[] {
  return planned === found ? [] : [{ where, what, planned, found }];
}
