/** One host's Open vSwitch: its daemons and the commands that configure it, all below one folder, so that many run side by side. */
import { type ServiceState, type SwitchBridge, type SwitchPort, serviceFolder } from '#lab/state.js';

/** The bridge that the tunnels of a group end in; a cluster without groups is one. */
export const overlayBridge = (group: number): string => `br${group}`;
/** The one that owns eth1 where packets are switched in userspace. */
export const lanBridge = 'br-lan';

/** What Open vSwitch is told to be. */
export interface Instance {
  readonly host: string;
  /** Absent where the kernel switches, and eth1 stays the kernel's. */
  readonly lan?: { readonly mac: string };
  readonly overlay: SwitchBridge & { readonly mac: string; readonly mtuBytes: number };
}

/** Where every distribution's package has it. */
const schema = '/usr/share/openvswitch/vswitch.ovsschema';
/** Three hosts were up in 0.6 s; the rest is for machines that are busy. */
const times = { readyTimeoutMs: 60_000, stopGraceMs: 2_000 } as const;

/** In the order of their start. */
export function instanceServices(instance: Instance): readonly ServiceState[] {
  const folder = serviceFolder(instance.host, 'ovsdb-server');
  const [database, socket] = [`${folder}/conf.db`, `${folder}/db.sock`];
  const [databaseControl, control] = [`${folder}/ovsdb-server.ctl`, `${folder}/ovs-vswitchd.ctl`];
  const configure = (name: string, ...words: readonly string[]) =>
    command(name, 'ovs-vsctl', `--db=unix:${socket}`, ...words);
  const { lan, overlay } = instance;
  const { mac: _, mtuBytes: __, ...bridge } = overlay;
  const vswitchd = daemon('ovs-vswitchd', control, `unix:${socket}`, `--unixctl=${control}`);
  return [
    command('ovsdb-create', 'ovsdb-tool', 'create', database, schema),
    daemon('ovsdb-server', socket, database, `--remote=punix:${socket}`, `--unixctl=${databaseControl}`),
    configure('ovs-init', '--no-wait', 'init'),
    // Where the bridges' OpenFlow sockets go.
    {
      ...vswitchd,
      environment: { OVS_RUNDIR: folder },
      usualPaths: { '/run/openvswitch': folder },
      switch: { program: 'openvswitch', folder, bridges: lan === undefined ? [bridge] : [lanSwitch, bridge] },
    },
    ...(lan === undefined ? [] : [configure('ovs-br-lan', ...lanBridgeWords(lan.mac))]),
    configure(`ovs-${overlay.name}`, ...overlayWords(instance)),
  ];
}

/**
 * The recipe's wait_ip, as it is in /etc/default/docker: no container is started before docker0 has its address. There it
 * waits for 5 and 15 s and goes on in any case; here a host whose bridge never gets one is not built.
 */
export function waitForAddress(bridge: string): ServiceState {
  return {
    name: `wait-ip-${bridge}`,
    argv: ['sh', '-c', `until ip -o -4 address show dev ${bridge} | grep -q " inet "; do sleep 0.2; done`],
    ready: { kind: 'done' },
    readyTimeoutMs: 20_000,
    stopGraceMs: 500,
  };
}

/** It has one way out: no tree is needed. */
const lanSwitch: SwitchBridge = {
  name: lanBridge,
  spanningTree: 'off',
  forwardDelaySeconds: 0,
  ports: [{ name: 'eth1' }],
};

function daemon(name: string, path: string, ...argv: readonly string[]): ServiceState {
  return { name, argv: [name, ...argv], ready: { kind: 'file', path }, ...times };
}

function command(name: string, ...argv: readonly [string, ...string[]]): ServiceState {
  return { name, argv, ready: { kind: 'done' }, ...times };
}

/** The userspace datapath takes frames from eth1 itself, so the host's own address moves from there to the bridge. */
function lanBridgeWords(mac: string): readonly string[] {
  const settings = ['datapath_type=netdev', `other_config:hwaddr=${mac}`];
  return [...addBridge(lanBridge, settings), '--', 'add-port', lanBridge, 'eth1'];
}

function overlayWords({ lan, overlay }: Instance): readonly string[] {
  const { name, mac, mtuBytes, ports } = overlay;
  const datapath = lan === undefined ? [] : ['datapath_type=netdev'];
  return [
    ...addBridge(name, [...datapath, `other_config:hwaddr=${mac}`, ...treeWords(overlay)]),
    '--',
    'set',
    'Interface',
    name,
    `mtu_request=${mtuBytes}`,
    ...ports.flatMap((port) => portWords(name, port)),
  ];
}

function addBridge(name: string, settings: readonly string[]): readonly string[] {
  return ['--', 'add-br', name, '--', 'set', 'Bridge', name, ...settings];
}

function portWords(bridge: string, { name, type = '', options = {} }: SwitchPort): readonly string[] {
  const settings = Object.entries(options).map(([option, value]) => `options:${option}=${value}`);
  return ['--', 'add-port', bridge, name, '--', 'set', 'Interface', name, `type=${type}`, ...settings];
}

/** IEEE 802.1D-1998, table 8-3. */
const usualForwardDelaySeconds = 15;

/**
 * Both protocols hold the forward delay at half of max age + 1 s or more (IEEE 802.1D-1998, 8.10.2; lib/stp.c), so with a
 * shorter delay max age has to be shorter, too; 6 s is the shortest.
 */
/** Of its spanning tree. */
export function maxAgeSeconds(delay: number): number {
  return delay === usualForwardDelaySeconds ? 20 : Math.max(6, Math.min(20, 2 * (delay - 1)));
}

function treeWords({ spanningTree, forwardDelaySeconds: delay }: SwitchBridge): readonly string[] {
  if (spanningTree === 'off') return [];
  const on = `${spanningTree}_enable=true`;
  if (delay === usualForwardDelaySeconds) return [on];
  const maxAge = maxAgeSeconds(delay);
  return [on, `other_config:${spanningTree}-forward-delay=${delay}`, `other_config:${spanningTree}-max-age=${maxAge}`];
}
