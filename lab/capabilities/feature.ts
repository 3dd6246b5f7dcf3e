/** What a kernel feature is here: something that can be tried by making it. */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { Argv } from '../machine/command-line.js';

/** A throw-away namespace, with a socket in it. */
export interface Bench {
  readonly namespace: NetworkNamespace;
  readonly socket: NetlinkSocket;
}

/** What errors call it. */
export const BENCH_NAME = 'a throw-away namespace';

/** How to find out whether this machine has a feature. */
export interface FeatureProbe {
  /** `link:vxlan`, `qdisc:netem`, `nftables`, ... */
  readonly name: string;
  /** The kernel module that has it, where it is one. */
  readonly module?: string;
  /**
   * Makes one in the bench's namespace, which is thrown away afterwards.
   * @throws LabError with the kernel's own words when it is not to be had
   */
  readonly make: (bench: Bench) => void | Promise<void>;
  /** The same by a program alone, behind a command that puts it into a throw-away namespace. */
  readonly tool?: (prefix: Argv) => Promise<void>;
}

/** What was found out. */
export interface Feature {
  readonly name: string;
  readonly available: boolean;
  /** The kernel's own words when it refused; empty when available. */
  readonly detail: string;
  /** What provides it; empty when available. */
  readonly remedy: string;
}

/**
 * What to do about a feature that the kernel has not got.
 * @param list where the kernel's build lists its loadable modules (depmod(8))
 */
export function featureRemedy(
  { module }: Pick<FeatureProbe, 'module'>,
  list = `/lib/modules/${release()}/modules.dep`,
): string {
  if (module === undefined) return 'not in this kernel: use another kernel, or the lab machine of the Vagrantfile';
  const modules = readModules(list);
  if (modules === undefined)
    return `this kernel has no loadable modules and was built without ${module}: use another kernel, or the lab machine of the Vagrantfile`;
  const known = modules.split('\n').some((line) => new RegExp(`(^|/)${module}\\.ko[.:]`).test(line));
  return known
    ? `load the module: sudo modprobe ${module}`
    : `not among this kernel's modules: install the kernel package that has ${module}`;
}

function readModules(list: string): string | undefined {
  try {
    return readFileSync(list, 'utf8');
  } catch {
    return undefined;
  }
}
