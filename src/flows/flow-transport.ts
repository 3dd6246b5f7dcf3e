import { LabError } from '#lab/errors.js';
import type { Lab, LabNode } from '#lab/lab.js';
import type { Closable, Family } from '#lab/sockets.js';
import type { Probe } from './flow-probe.js';
import type { Tokens } from './flow-token.js';

/** How probes of one protocol and family travel. */
export interface Transport extends Closable {
  /** Opens what a node needs to receive and to answer; cheap when that is open already. Rejects with a `code` when refused. */
  open(node: string): Promise<void>;
  /** Opens what a node needs to send; absent where that is the same. */
  openSource?(node: string): Promise<void>;
  /**
   * Sends a probe, for the first time or again, at once or with the next {@link flush}. When the source's kernel refuses it,
   * the probe's `onRefused` is told later; when there is nothing to send it with, `onUnsent` is.
   * @param attempt 0 for the first time
   * @throws LabError when there is nothing to send it with
   */
  transmit(probe: Probe, attempt: number): void;
  /** Sends what has been gathered. */
  flush?(): void;
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
export async function onFreePort<T>(open: (port: number) => Promise<T>): Promise<T> {
  for (let port = PROBE_PORT; ; port += 1) {
    try {
      return await open(port);
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

interface Made<T> {
  readonly node: LabNode;
  readonly making: Promise<T>;
  value?: T;
}

/** One thing per node, made at first use, and anew when the node has been made anew under its old name. */
export class PerNode<T> {
  readonly #lab: Lab;
  readonly #make: (node: LabNode, name: string) => Promise<T>;
  readonly #close: (made: T) => void;
  readonly #made = new Map<string, Made<T>>();

  constructor(lab: Lab, make: (node: LabNode, name: string) => Promise<T>, close: (made: T) => void) {
    this.#lab = lab;
    this.#make = make;
    this.#close = close;
  }

  /** @throws LabError when there is no such node; what making it throws */
  async open(name: string): Promise<void> {
    const node = this.#lab.node(name);
    const known = this.#made.get(name);
    if (known?.node === node) return void (await known.making);
    if (known !== undefined) this.#let(known);
    const made: Made<T> = { node, making: this.#make(node, name) };
    this.#made.set(name, made);
    try {
      made.value = await made.making;
    } catch (error) {
      if (this.#made.get(name) === made) this.#made.delete(name);
      throw error;
    }
    // Everything may have been closed meanwhile.
    if (this.#made.get(name) !== made) this.#let(made);
  }

  /** What was opened. @throws LabError when there is none, or when the node has been made anew since */
  get(name: string): T {
    const made = this.#made.get(name);
    if (made?.value === undefined || made.node !== this.#lab.node(name))
      throw new LabError(`${name} was made anew meanwhile`);
    return made.value;
  }

  close(): void {
    for (const made of this.#made.values()) this.#let(made);
    this.#made.clear();
  }

  #let({ value }: Made<T>): void {
    if (value !== undefined) this.#close(value);
  }
}
