import { readFileSync, writeFileSync } from 'node:fs';
import { LabError } from '../errors.js';
import { foreignSettings } from './compiled-in.js';

/**
 * The file of a sysctl. As in sysctl(8), a slash in the name stands for a dot inside one of its parts
 * (`net.ipv4.conf.eth0/100.forwarding`).
 */
export function sysctlPath(name: string): string {
  const parts = name.split('.').map((part) => part.replaceAll('/', '.'));
  if (parts[0] !== 'net' || parts.some((part) => part === '' || part === '..')) {
    throw new LabError(`"${name}" is no sysctl of a network namespace: it must begin with "net."`);
  }
  return `/proc/sys/${parts.join('/')}`;
}

/** Sets sysctls of the namespace that the calling thread is in. */
export function writeSysctls(node: string, sysctls: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(sysctls)) {
    try {
      writeFileSync(sysctlPath(name), value);
    } catch (cause) {
      if (cause instanceof LabError) throw cause;
      const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new LabError(`${node}: sysctl ${name} = ${value} was refused by the kernel (${code})`, { cause });
    }
  }
}

/**
 * What every node begins with, before it has links. Without duplicate address detection on link-local addresses: while it
 * runs, 1-2 s, a router cannot ask for its neighbours (ndisc_send_ns, net/ipv6/ndisc.c), and netlab probes for duplicates
 * itself. Without router solicitations: nothing here answers them unless a strategy says so, and among a thousand
 * containers they alone are millions of deliveries.
 */
const FRESH = { 'net.ipv6.conf.default.accept_dad': '0', 'net.ipv6.conf.default.router_solicitations': '0' };

/**
 * Prepares fresh namespaces, each when the calling thread is in it and it has no links yet: from then on it has nothing from
 * the machine's own. To be made anew for every batch, because somebody may change the machine meanwhile.
 */
export function freshPreparation(): () => void {
  let foreign: ReturnType<typeof foreignSettings> | undefined;
  return () => {
    foreign ??= foreignSettings();
    for (const [path, value] of foreign) writeIfThere(path, value);
    for (const [name, value] of Object.entries(FRESH)) writeIfThere(sysctlPath(name), value);
  };
}

/** A kernel without IPv6 has no such file, and nothing to set. */
function writeIfThere(path: string, value: string): void {
  try {
    writeFileSync(path, value);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Forgets learned path MTUs and redirects of the calling thread's namespace; they would outlive a repair by 10 minutes. */
export function flushRoutes(): void {
  for (const family of ['ipv4', 'ipv6']) writeIfThere(`/proc/sys/net/${family}/route/flush`, '1');
}

/** Values in the calling thread's namespace; what the kernel has not got is left out. */
export function readSysctls(names: readonly string[]): Readonly<Record<string, string>> {
  const values = names.flatMap((name) => {
    try {
      return [[name, readFileSync(sysctlPath(name), 'utf8').trim()] as const];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(values);
}
