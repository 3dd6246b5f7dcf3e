import { LabError } from '#lab/errors.js';
import type { Lab, LabNode } from '#lab/lab.js';
import type { Closable, Family } from '#lab/sockets.js';
import type { Probe } from './flow-probe.js';
import type { Tokens } from './flow-token.js';

/** Told of a probe that the source's kernel refused at once, with what it threw. */
export type Refused = (probe: Probe, error: unknown) => void;

/** How probes of one protocol and family travel. */
export interface Transport extends Closable {
  /** Opens what a node needs to receive and to answer; cheap when that is open already. */
  open(node: string): void;
  /**
   * Sends a probe, for the first time or again, at once or with the next {@link flush}.
   * @param attempt 0 for the first time
   * @throws SystemCallError when the source's kernel refuses at once
   */
  transmit(probe: Probe, attempt: number): void;
  /** Sends what has been gathered. */
  flush?(refused: Refused): void;
}

export interface TransportContext {
  readonly lab: Lab;
  readonly family: Family;
  readonly tokens: Tokens;
  /** The probe under way with this id. */
  probe(id: number): Probe | undefined;
}

export type TransportFactory = (context: TransportContext) => Transport;

/** netlab, or the machine, has run out of something: that says nothing about the network. */
const exhausted = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/** @throws LabError when the code means that netlab itself cannot go on: a check must end with `error`, never with `fail` */
export function demandResources(code: string | undefined): void {
  if (code === undefined || !exhausted.has(code)) return;
  throw new LabError(`netlab has run out of ${code === 'ENOMEM' ? 'memory' : 'file descriptors'} (${code})`, {
    remedy: 'Allow more open files (ulimit -n), or measure a smaller cluster.',
  });
}

/** Below the kernel's ephemeral ports, and of no service known to IANA. */
export const PROBE_PORT = 7411;
const PROBE_PORTS = 50;

/** Opens something on the first probe port that is free in a node. @throws SystemCallError other than EADDRINUSE */
export function onFreePort<T>(open: (port: number) => T): T {
  for (let port = PROBE_PORT; ; port += 1) {
    try {
      return open(port);
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || port >= PROBE_PORT + PROBE_PORTS) throw error;
    }
  }
}

/** The errno name of a system call that failed. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** One thing per node, made at first use, and anew when the node has been made anew under its old name. */
export class PerNode<T> {
  readonly #lab: Lab;
  readonly #make: (node: LabNode, name: string) => T;
  readonly #close: (made: T) => void;
  readonly #made = new Map<string, { readonly node: LabNode; readonly value: T }>();

  constructor(lab: Lab, make: (node: LabNode, name: string) => T, close: (made: T) => void) {
    this.#lab = lab;
    this.#make = make;
    this.#close = close;
  }

  /** @throws LabError when there is no such node; what making it throws */
  get(name: string): T {
    const node = this.#lab.node(name);
    const known = this.#made.get(name);
    if (known?.node === node) return known.value;
    if (known !== undefined) this.#close(known.value);
    this.#made.delete(name);
    const value = this.#make(node, name);
    this.#made.set(name, { node, value });
    return value;
  }

  close(): void {
    for (const { value } of this.#made.values()) this.#close(value);
    this.#made.clear();
  }
}
