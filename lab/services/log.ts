/** What a service prints: kept in a file, and its last lines in memory for error messages. */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';

/** Lines that an error message shows. */
const LINES_KEPT = 20;
/** A longer line is cut in memory; the file has all of it. */
const LONGEST_LINE = 2000;
/** The file stops here: it may lie in memory, and a daemon in an endless loop writes fast. */
const LARGEST_FILE_BYTES = 10 * 1024 * 1024;

/** What a process has printed lies in a pipe when it ends, and is read in far less. */
const DRAIN_MS = 500;

type Listener = (line: string) => void;

/** The log of one service. */
export class ServiceLog {
  readonly path: string;
  readonly #file: WriteStream;
  readonly #lines: string[] = [];
  readonly #listeners = new Set<Listener>();
  #bytes = 0;
  readonly #ends: Promise<void>[] = [];
  #closing: Promise<void> | undefined;

  /** Opens `DIRECTORY/NODE.SERVICE.log`, at its end when it exists. Names are escaped as in a URL: they may hold anything. */
  constructor(directory: string, node: string, service: string) {
    this.path = join(directory, `${encodeURIComponent(node)}.${encodeURIComponent(service)}.log`);
    mkdirSync(directory, { recursive: true });
    this.#file = createWriteStream(this.path, { flags: 'a' });
    // A full disk must not end the lab: the last lines are in memory.
    this.#file.on('error', () => {});
  }

  /** Takes in all that comes from the streams of one process. */
  attach(streams: readonly (Readable | undefined)[]): void {
    for (const stream of streams) {
      if (stream !== undefined) this.#read(stream);
    }
  }

  /** The last lines, oldest first, fit for a terminal. */
  lastLines(): readonly string[] {
    return [...this.#lines];
  }

  /** Resolves at the first line that matches, one of those kept included; never when the signal comes first. */
  matching(pattern: RegExp, signal: AbortSignal): Promise<void> {
    if (this.#lines.some((line) => pattern.test(line))) return Promise.resolve();
    return new Promise((resolve) => {
      const listener: Listener = (line) => {
        if (!pattern.test(line)) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
      signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
    });
  }

  /** After the process has ended: waits for the rest of its output, then ends the file. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Whoever left the process group may hold the streams open for ever.
    const enough = new AbortController();
    await Promise.race([
      Promise.all(this.#ends),
      delay(DRAIN_MS, undefined, { signal: enough.signal }).catch(() => {}),
    ]);
    enough.abort();
    await new Promise<void>((resolve) => {
      this.#file.once('close', resolve);
      this.#file.end();
    });
  }

  #read(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.#write(text);
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      for (const line of lines) this.#keep(line);
    });
    stream.on('end', () => {
      if (rest !== '') this.#keep(rest);
    });
    // An error means that the process ended while its output was read.
    this.#ends.push(new Promise((resolve) => void stream.once('close', resolve).on('error', () => resolve())));
  }

  #write(text: string): void {
    if (this.#bytes > LARGEST_FILE_BYTES || this.#file.writableEnded) return;
    this.#bytes += Buffer.byteLength(text);
    this.#file.write(this.#bytes > LARGEST_FILE_BYTES ? '\nnetlab: the log is too long, the rest is left out\n' : text);
  }

  #keep(line: string): void {
    const shown = line.slice(0, LONGEST_LINE).replaceAll(/\p{Cc}/gu, (character) => (character === '\t' ? ' ' : ''));
    this.#lines.push(shown);
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
    for (const listener of this.#listeners) listener(shown);
  }
}
