/**
 * A node's place: what its processes find of files, where a host of its own would have them. It is made when somebody needs
 * it (a service, `netlab exec`): a container that only has a network costs nothing.
 *
 * Its own: /run, /etc (this machine's, with changes of its own), the folders of DHCP clients, /sys, /dev, its host name.
 * Read-only: /proc/sys but net, /sys but its interfaces. Everything else are this machine's files.
 */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCall, trySystemCall } from '../kernel/libc.js';
import { MountNamespace } from '../kernel/mount-namespace.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { ServiceState } from '../state.js';

/** linux/mount.h */
const MS_RDONLY = 1;
const MS_SAFE = 2 | 4 | 8; // nosuid, nodev, noexec
const MS_REMOUNT = 32;
const MS_BIND = 4096;
const MS_REC = 16_384;

/** Below the sandbox's own /run, so that they vanish with it. */
const PLACES = '/run/netlab/places';
/** The lab's own files, services' folders among them, are the same for all nodes. */
const COMMON = '/run/netlab';
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'net/tun'];
const DEVICE_LINKS = { fd: 'fd', stdin: 'fd/0', stdout: 'fd/1', stderr: 'fd/2' } as const;
/** Where clients of leases keep them; only what this machine has can be covered. */
const LEASE_FOLDERS = ['dhcp', 'dhcpcd', 'NetworkManager', 'misc', 'connman', 'systemd/network'];
/** Of /proc, what reaches the whole machine. */
const KERNEL_FILES = ['bus', 'fs', 'irq', 'acpi', 'scsi', 'sysrq-trigger', 'latency_stats', 'timer_list'];
/** What is gone after a reboot. The rest is as on a disk. */
const VOLATILE = ['run', 'dev', 'shm', 'work'];

export class Place {
  readonly #folder: string;
  readonly #mounts: MountNamespace;

  /** @param lab tells labs in one sandbox apart: `-1` */
  constructor(node: string, network: NetworkNamespace, lab: string) {
    this.#folder = `${PLACES}${lab}/${node}`;
    makeFolders(this.#folder, node);
    // A new sysfs shows the interfaces of the network namespace that its maker is in.
    this.#mounts = network.run(() => MountNamespace.create(() => furnish(this.#folder, node)));
  }

  /** Descriptors of its namespaces, for nsenter. */
  get fds(): { readonly mounts: number; readonly uts: number } {
    return this.#mounts.fds;
  }

  /** Runs synchronous `work` in there; what it starts stays there for life. */
  run<T>(work: () => T): T {
    return this.#mounts.run(work);
  }

  /** Lets a service's tools find it where they look for it. */
  show({ usualPaths = {} }: ServiceState): void {
    this.run(() => {
      for (const [path, target] of Object.entries(usualPaths)) {
        mkdirSync(dirname(path), { recursive: true });
        rmSync(path, { force: true });
        symlinkSync(target, path);
      }
    });
  }

  /** Its processes have ended. What a disk keeps is there for the next place of a node of this name. */
  close(): void {
    this.#mounts.close();
    for (const name of VOLATILE) rmSync(`${this.#folder}/${name}`, { recursive: true, force: true });
  }
}

function makeFolders(folder: string, node: string): void {
  const devices = ['dev/net', 'dev/pts', 'dev/shm', 'shm'];
  const leases = LEASE_FOLDERS.map((name) => `lib/${name}`);
  for (const name of ['run/netlab', 'run/lock', 'etc', 'work', ...devices, ...leases])
    mkdirSync(`${folder}/${name}`, { recursive: true });
  const files = {
    'etc/hostname': `${node}\n`,
    'etc/hosts': `127.0.0.1 localhost\n127.0.1.1 ${node}\n::1 localhost ip6-localhost ip6-loopback\n`,
    'etc/resolv.conf': `# ${node} has not been told of a name server.\n`,
  };
  for (const [name, text] of Object.entries(files))
    if (!existsSync(`${folder}/${name}`)) writeFileSync(`${folder}/${name}`, text);
}

/** Runs in the new namespaces. */
function furnish(folder: string, node: string): void {
  systemCall('sethostname', node, Buffer.byteLength(node));
  furnishEtc(folder);
  furnishDev(folder);
  bind(COMMON, `${folder}/run/netlab`);
  bind(`${folder}/run`, '/run');
  for (const name of LEASE_FOLDERS)
    if (existsSync(`/var/lib/${name}`)) bind(`${folder}/lib/${name}`, `/var/lib/${name}`);
  systemCall('mount', 'netlab', '/sys', 'sysfs', MS_SAFE, null);
  protect('/sys', '/sys/devices/virtual/net');
  bind('/proc/sys', '/proc/sys');
  protect('/proc/sys', '/proc/sys/net');
  for (const path of KERNEL_FILES.map((name) => `/proc/${name}`).filter((name) => existsSync(name))) {
    bind(path, path);
    protect(path);
  }
}

function bind(source: string, target: string): void {
  systemCall('mount', source, target, '', MS_BIND | MS_REC, null);
}

/** Makes a mount read-only, but for a part of it. */
function protect(path: string, writable?: string): void {
  if (writable !== undefined) bind(writable, writable);
  systemCall('mount', '', path, '', MS_REMOUNT | MS_BIND | MS_RDONLY | MS_SAFE, null);
}

/** Over this machine's, so that files can be replaced by renaming, as DHCP clients do. Without overlayfs nothing can be changed. */
function furnishEtc(folder: string): void {
  const layers = `lowerdir=/etc,upperdir=${folder}/etc,workdir=${folder}/work`;
  const overlay = (more: string): number => trySystemCall('mount', 'netlab', '/etc', 'overlay', 0, layers + more);
  // In a user namespace its marks can only be in the user's attributes, which older kernels do not have.
  if (overlay(',userxattr') >= 0 || overlay('') >= 0) return;
  bind('/etc', '/etc');
  for (const name of ['hostname', 'hosts', 'resolv.conf'])
    if (existsSync(`/etc/${name}`)) bind(`${folder}/etc/${name}`, `/etc/${name}`);
  protect('/etc');
}

/** A read-only mount does not keep anybody from writing to a device: what is not meant for nodes is not there. */
function furnishDev(folder: string): void {
  const own = `${folder}/dev`;
  for (const name of DEVICES.filter((device) => existsSync(`/dev/${device}`))) {
    writeFileSync(`${own}/${name}`, '');
    bind(`/dev/${name}`, `${own}/${name}`);
  }
  bind('/dev/pts', `${own}/pts`);
  bind(`${folder}/shm`, `${own}/shm`);
  for (const [name, target] of Object.entries(DEVICE_LINKS)) symlinkSync(`/proc/self/${target}`, `${own}/${name}`);
  bind(own, '/dev');
  protect('/dev');
}
