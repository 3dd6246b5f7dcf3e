/**
 * The neighbour tables (ARP and ND) are one each for all namespaces of a kernel: for all nodes, all labs and the machine
 * itself. Past gc_thresh3 entries the kernel drops packets with EHOSTUNREACH, which looks exactly like a broken network.
 * So probes run in windows that one lab at a time may open, and the tables' overflow counters are watched.
 */

import { NetworkNamespace } from '../kernel/namespace.js';
import { type NeighbourTableState, readNeighbourTables } from '../kernel/netlink/neighbour-tables.js';
import { NetlinkSocket } from '../kernel/netlink/socket.js';
import type { NeighbourTable, NeighbourWindow } from '../lab.js';
import type { Family } from '../sockets.js';
import { HeldTurn } from './held-turn.js';
import { MachineLock, type Patience } from './lock.js';

/** gc_thresh3 of a kernel that nobody has tuned (net/ipv4/arp.c, net/ipv6/ndisc.c). */
const DEFAULT_LIMIT = 1024;
/**
 * Part of what is free that a window may fill. Little is kept for other programs and for what changes meanwhile, because an
 * overflow is seen and what was lost in it is measured again: 40 containers all in all should fit into one window or two.
 */
const WINDOW_SHARE = 15 / 16;
const SMALLEST_WINDOW = 16;
/** So that other labs have their turn soon, however large the table. */
const LARGEST_WINDOW = 2048;
/** For a lab beside another one, whose windows may be open at the same time: half of what these leave of an untuned table. */
const BESIDE_WINDOW = 32;

/** Other labs' windows take seconds. Who waits for so long is kept out, and nobody may keep anybody out of a table that is everybody's. */
const PATIENCE: Patience = { ownMs: 30_000, everybodysMs: 5_000 };
/** Of a window that is opened although another one may be open: what both lose by that is seen, and measured again. */
const UNASKED_SHARE = 1 / 4;

export class MachineNeighbourTable implements NeighbourTable {
  readonly lock: MachineLock;
  readonly #read: () => readonly NeighbourTableState[];
  readonly #most: number;
  readonly #patience: Patience;

  /**
   * @param read what the tables are like now
   * @param most entries of a window, per family
   * @param patience how long to wait for others' windows before one is opened beside them
   */
  constructor(lock = new MachineLock(undefined), read = tablesReader(), most = LARGEST_WINDOW, patience = PATIENCE) {
    this.#patience = patience;
    this.lock = lock;
    this.#read = read;
    this.#most = most;
  }

  /** For a second lab of this process: small windows, which do not wait for those of the first one, nor these for them. */
  beside(): MachineNeighbourTable {
    return new MachineNeighbourTable(this.lock.beside(), this.#read, BESIDE_WINDOW, this.#patience);
  }

  async askForWindow(): ReturnType<NeighbourTable['askForWindow']> {
    return new HeldTurn((work, signal) => this.window(work, signal));
  }

  async windowEntries(): Promise<number> {
    const { ipv4, ipv6 } = this.#room(this.#read());
    return Math.min(ipv4, ipv6);
  }

  /**
   * Runs `work` while no other lab on this machine fills the tables, as far as others give way; this lab never fills them twice.
   * @param work gets the number of entries, per family, that it may make live at one time
   */
  async window<T>(
    work: (room: Readonly<Record<Family, number>>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<NeighbourWindow<T>> {
    const open = async (isAlone: boolean) => await this.#open(work, isAlone ? 1 : UNASKED_SHARE);
    return await this.lock.holdIfGiven(open, signal, this.#patience);
  }

  async #open<T>(
    work: (room: Readonly<Record<Family, number>>) => Promise<T>,
    share: number,
  ): Promise<NeighbourWindow<T>> {
    const before = this.#read();
    const { ipv4, ipv6 } = this.#room(before);
    const part = (entries: number): number => Math.max(SMALLEST_WINDOW, Math.floor(entries * share));
    const value = await work({ ipv4: part(ipv4), ipv6: part(ipv6) });
    return { value, overflowed: overflows(this.#read()) > overflows(before) };
  }

  #room(states: readonly NeighbourTableState[]): Record<Family, number> {
    const room = (family: Family): number => {
      const found = states.find((state) => state.family === family);
      const { limit, entries } = found ?? { limit: DEFAULT_LIMIT, entries: 0 };
      return Math.max(SMALLEST_WINDOW, Math.min(this.#most, Math.floor((limit - entries) * WINDOW_SHARE)));
    };
    return { ipv4: room('ipv4'), ipv6: room('ipv6') };
  }
}

const overflows = (states: readonly NeighbourTableState[]): number =>
  states.reduce((sum, state) => sum + state.overflows, 0);

/** The kernel tells of its tables in every namespace; so in this process's own, which has few links. Opened at first use. */
function tablesReader(): () => readonly NeighbourTableState[] {
  let netlink: NetlinkSocket | undefined;
  return () => readNeighbourTables((netlink ??= NetlinkSocket.open(NetworkNamespace.current(), 'netlab')));
}
