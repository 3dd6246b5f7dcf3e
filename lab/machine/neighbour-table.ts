/**
 * The neighbour tables (ARP and ND) are one each for all namespaces of a kernel: for all nodes, all labs and the machine
 * itself. Past gc_thresh3 entries the kernel drops packets with EHOSTUNREACH, which looks exactly like a broken network.
 * So probes run in windows that one lab at a time may open, and the tables' overflow counters are watched.
 */
import { readSync } from 'node:fs';
import type { NeighbourTable } from '../lab.js';
import { type LockFiles, MachineLock } from './lock.js';

/** Default of net.ipv4.neigh.default.gc_thresh3 (net/ipv4/arp.c); visible in the machine's own namespace only. */
export const DEFAULT_LIMIT = 1024;
/** Part of what is free that a window may fill: the rest is for gateways, for other programs, and for what changes meanwhile. */
const WINDOW_SHARE = 0.75;
const SMALLEST_WINDOW = 16;
const READ_BYTES = 64 * 1024;

/** What the machine lends to a sandbox: descriptors opened outside, where these files can be seen. */
export interface MachineView {
  /** /proc/net/stat/arp_cache and ndisc_cache; undefined where they cannot be read. */
  readonly statisticsFds: readonly number[];
  /** Files to lock the tables with. */
  readonly lock: LockFiles | undefined;
  readonly limit: number;
}

interface Statistics {
  readonly entries: number;
  readonly overflows: number;
}

export class MachineNeighbourTable implements NeighbourTable {
  readonly #view: MachineView;
  readonly #lock: MachineLock;
  readonly #buffer = Buffer.alloc(READ_BYTES);

  constructor(view: MachineView) {
    this.#view = view;
    this.#lock = new MachineLock(view.lock);
  }

  get limit(): number {
    return this.#view.limit;
  }

  /** Whether an overflow would be noticed. */
  get isWatched(): boolean {
    return this.#view.statisticsFds.length > 0;
  }

  get windowEntries(): number {
    const free = this.limit - Math.max(0, ...this.#statistics().map(({ entries }) => entries));
    return Math.max(SMALLEST_WINDOW, Math.floor(free * WINDOW_SHARE));
  }

  async window<T>(
    work: () => Promise<T>,
    signal: AbortSignal,
  ): Promise<{ readonly value: T; readonly overflowed: boolean }> {
    return await this.#lock.hold(async () => {
      const before = this.#overflows();
      const value = await work();
      return { value, overflowed: this.#overflows() > before };
    }, signal);
  }

  #overflows(): number {
    return this.#statistics().reduce((sum, { overflows }) => sum + overflows, 0);
  }

  #statistics(): Statistics[] {
    return this.#view.statisticsFds.map((fd) =>
      parseStatistics(this.#buffer.toString('latin1', 0, readSync(fd, this.#buffer, 0, READ_BYTES, 0))),
    );
  }
}

/**
 * The file has a line of column names, then a line of hexadecimal numbers per processor (net/core/neighbour.c): `entries`
 * is the whole table's in each line, `table_fulls` each processor's own.
 */
export function parseStatistics(text: string): Statistics {
  const [names = [], ...processors] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const column = (name: string): number[] =>
    processors.map((numbers) => Number.parseInt(numbers[names.indexOf(name)] ?? '0', 16));
  return {
    entries: Math.max(0, ...column('entries')),
    overflows: column('table_fulls').reduce((sum, count) => sum + count, 0),
  };
}
