/** Captures of everything between the hosts: their cables to the underlay, every switch, every router. */
import type { Lab } from '#lab/lab.js';
import { type Closable, type Frame, openAll, type PacketSocket } from '#lab/sockets.js';
import type { Token, TokenBook } from './tokens.js';

/** Room for several headers before the token. */
const SNAP_BYTES = 512;
/** Tokens come in bursts beside whatever the daemons send. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** A token that was readable on an interface of the underlay. */
export interface Sighting {
  readonly token: Token;
  readonly node: string;
  readonly link: string;
  readonly frame: Buffer;
  /** Where in the frame the token begins. */
  readonly offset: number;
  /** When the kernel saw it, in milliseconds since the epoch: taps are read in any order. */
  readonly timeMs: number;
}

export class UnderlayTaps implements Closable {
  readonly sightings: Sighting[] = [];
  /** Interfaces that are watched, `sw1:to-h1`. */
  readonly places: readonly string[];
  readonly #taps: readonly PacketSocket[];

  private constructor(targets: readonly Target[], taps: readonly PacketSocket[], book: TokenBook) {
    this.places = targets.flatMap(({ node, links }) => links.map((link) => `${node}:${link}`));
    this.#taps = taps;
    for (const [index, tap] of taps.entries())
      tap.onFrame = (frame) => this.#note(targets[index]?.node ?? '', frame, book);
  }

  static async open(lab: Lab, book: TokenBook): Promise<UnderlayTaps> {
    const targets = [...lab.nodes.values()].flatMap(({ state }) => targetsIn(lab, state.name));
    const options = { contains: book.nonce, snapLengthBytes: SNAP_BYTES, bufferBytes: BUFFER_BYTES };
    const taps = await openAll(targets, ({ node, link }) =>
      lab.node(node).sockets.packet(link === undefined ? options : { ...options, link }),
    );
    return new UnderlayTaps(targets, taps, book);
  }

  /** Frames that the kernel could not keep for netlab: then what was not seen says nothing. */
  async takeDropped(): Promise<number> {
    const dropped = await Promise.all(this.#taps.map((tap) => tap.takeDropped()));
    return dropped.reduce((sum, one) => sum + one, 0);
  }

  close(): void {
    for (const tap of this.#taps) tap.close();
  }

  #note(node: string, { link, data, timeMs }: Frame, book: TokenBook): void {
    const token = book.find(data);
    if (token === undefined) return;
    this.sightings.push({ token, node, link, frame: data, offset: data.indexOf(book.nonce), timeMs });
  }
}

interface Target {
  readonly node: string;
  /** Only this one; every interface when absent, which takes one socket. */
  readonly link?: string;
  readonly links: readonly string[];
}

function targetsIn(lab: Lab, node: string): readonly Target[] {
  const { role, links } = lab.node(node).state;
  const names = links.map(({ name }) => name);
  if (role === 'switch' || role === 'router') return [{ node, links: names }];
  if (role !== 'host') return [];
  const leadsOut = (far: string): boolean => lab.nodes.get(far)?.state.role !== 'container';
  const cables = links.filter((link) => link.kind === 'veth' && leadsOut(link.peer.node));
  return cables.map(({ name }) => ({ node, link: name, links: [name] }));
}
