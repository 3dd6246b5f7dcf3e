/** Programs that netlab or a strategy may run: how each tells its version, and the Debian package that has it. */
import { LabError } from '../errors.js';
import { runTool, ToolError } from '../process.js';

/** vagrant needs about a second to load. */
const VERSION_TIMEOUT_MS = 10_000;

interface KnownBinary {
  /** Undefined when Debian has no package: then `install` says where it comes from. */
  readonly debianPackage: string | undefined;
  readonly versionFlag: string;
  /** What to do when there is no Debian package. */
  readonly install?: string;
}

const debian = (debianPackage: string, versionFlag = '--version'): KnownBinary => ({ debianPackage, versionFlag });
const elsewhere = (install: string, versionFlag = '--version'): KnownBinary => ({
  debianPackage: undefined,
  versionFlag,
  install,
});

/** Names and flags of Debian bookworm's packages. */
export const knownBinaries: Readonly<Record<string, KnownBinary>> = {
  unshare: debian('util-linux'),
  setpriv: debian('util-linux'),
  ip: debian('iproute2', '-V'),
  tc: debian('iproute2', '-V'),
  bridge: debian('iproute2', '-V'),
  nft: debian('nftables'),
  ping: debian('iputils-ping', '-V'),
  arping: debian('iputils-arping', '-V'),
  fping: debian('fping'),
  tcpdump: debian('tcpdump'),
  iperf3: debian('iperf3'),
  sockperf: debian('sockperf'),
  ethtool: debian('ethtool'),
  brctl: debian('bridge-utils'),
  ifup: debian('ifupdown'),
  'ovs-vswitchd': debian('openvswitch-switch'),
  'ovs-vsctl': debian('openvswitch-switch'),
  'ovsdb-server': debian('openvswitch-switch'),
  dnsmasq: debian('dnsmasq-base'),
  udhcpc: debian('udhcpc', '--help'),
  busybox: debian('busybox', '--help'),
  'kea-dhcp4': debian('kea-dhcp4-server', '-v'),
  'kea-dhcp6': debian('kea-dhcp6-server', '-v'),
  dhclient: debian('isc-dhcp-client'),
  named: debian('bind9', '-v'),
  tincd: debian('tinc'),
  wg: debian('wireguard-tools'),
  'wireguard-go': debian('wireguard-go'),
  bird: debian('bird2'),
  // Has no version of its own to tell without a daemon.
  birdc: debian('bird2', '-v'),
  etcd: debian('etcd-server'),
  consul: elsewhere('not in Debian: install it from its makers, HashiCorp', 'version'),
  vagrant: debian('vagrant'),
  docker: debian('docker.io'),
  podman: debian('podman'),
  ssh: debian('openssh-client', '-V'),
};

export interface Binary {
  readonly name: string;
  /** As it tells it; `installed` when it tells none; undefined when it is not there. */
  readonly version: string | undefined;
  readonly debianPackage: string | undefined;
  /** How to get it; empty when it is there. */
  readonly remedy: string;
}

const found = new Map<string, Promise<Binary>>();

/** Runs a program for its version, once in the life of this process. Any name may be asked for. */
export function probeBinary(name: string): Promise<Binary> {
  const known = found.get(name);
  if (known !== undefined) return known;
  const probing = readVersion(name);
  found.set(name, probing);
  return probing;
}

async function readVersion(name: string): Promise<Binary> {
  const { debianPackage, versionFlag, install } =
    knownBinaries[name] ?? elsewhere(`install the package that has ${name}`);
  const version = await versionOf(name, versionFlag);
  const remedy = install ?? `sudo apt-get install ${debianPackage}`;
  return { name, version, debianPackage, remedy: version === undefined ? remedy : '' };
}

/** Many programs print their version to the error stream, or with an exit code that is not 0: what they say is what counts. */
async function versionOf(name: string, flag: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await runTool([name, flag], { timeoutMs: VERSION_TIMEOUT_MS });
    return parseVersion(`${stdout}\n${stderr}`);
  } catch (error) {
    // 127: the program is there, but a library that it needs is not (ld.so(8)).
    if (error instanceof ToolError && !isExit(error, 127))
      return parseVersion(`${error.output.stdout}\n${error.output.stderr}`);
    if (error instanceof LabError) return undefined;
    throw error;
  }
}

const isExit = ({ exit }: ToolError, code: number): boolean => exit.kind === 'exited' && exit.code === code;

/** The first thing that looks like a version: `1.0.6`, `3.12`, `9.2p1`, `20.10.24+dfsg1`, `iproute2-6.1.0`, `20221231`. */
export function parseVersion(text: string): string {
  return /\d+(?:\.\d+)+[\w.+~-]*|\b20\d{6}\b/.exec(text)?.[0] ?? 'installed';
}
