/**
 * Requests and answers between two netlab processes: one JSON document per line over any duplex stream. A request may
 * report events before it is answered, and may be cancelled; when the stream ends, everything open ends with it. So it does
 * when the other side gives no sign of life: no request waits for ever.
 */
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { SilenceWatch } from './channel/silence.js';
import { LabError, Refusal } from './errors.js';
import { wordsOf } from './stray-errors.js';

type Line =
  | { readonly id: number; readonly method: string; readonly parameters: unknown }
  | { readonly id: number; readonly cancel: true }
  | { readonly id: number; readonly sign: 'wanted' | 'given' }
  | { readonly id: number; readonly event: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorLine };

interface ErrorLine {
  readonly message: string;
  readonly remedy?: string | undefined;
  /** It was a {@link Refusal}. */
  readonly refused?: true;
}

/** What a request may do besides being answered. */
export interface RequestContext {
  /** Aborted when the caller cancels the request or is gone. */
  readonly signal: AbortSignal;
  report(event: unknown): void;
}

/** Answers a request; what it returns or throws goes back to the caller. */
export type Handler = (parameters: never, context: RequestContext) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

export interface CallOptions {
  readonly onEvent?: (event: never) => void;
  /** Aborting asks the other side to cancel; its answer is still awaited, for as long as it gives signs of life. */
  readonly signal?: AbortSignal;
}

/** What the asking side knows of the other one. */
export interface OtherSide {
  /** What open calls are told when it is gone. */
  readonly explainEnd: () => Promise<LabError>;
  /** Whether its process is known to be stopped. */
  readonly isStopped: () => boolean;
  /** What open calls are told when it gives no sign of life. */
  readonly explainSilence: () => LabError;
}

const stranger: OtherSide = {
  explainEnd: () => Promise.resolve(new LabError('the lab ended before it answered')),
  isStopped: () => false,
  explainSilence: () => new LabError('the lab does not answer'),
};

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: ((event: never) => void) | undefined;
}

export class Channel {
  readonly #stream: Duplex;
  readonly #handlers: Handlers;
  readonly #calls = new Map<number, Call>();
  readonly #served = new Map<number, AbortController>();
  #nextId = 1;
  #isClosed = false;
  readonly #other: OtherSide;
  readonly #watch: SilenceWatch;
  /** Why it closed, once asked for. */
  #end: Promise<LabError> | undefined;
  /** Settles when the other side is gone. */
  readonly closed: Promise<void>;

  constructor(stream: Duplex, handlers: Handlers = {}, other: OtherSide = stranger) {
    this.#stream = stream;
    this.#handlers = handlers;
    this.#other = other;
    this.#watch = new SilenceWatch({
      ping: () => this.#send({ id: 0, sign: 'wanted' }),
      isStopped: other.isStopped,
      onSilence: () => this.#onSilence(),
    });
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    // A vanished peer shows as the stream's end; the error of reading from it or writing to it says nothing more.
    for (const source of [stream, lines]) source.on('error', () => undefined);
    lines.on('line', (text) => this.#onText(text));
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        this.#onClosed();
        resolve();
      });
    });
  }

  /**
   * Asks the other side.
   * @throws LabError, or Refusal, with the other side's message and remedy; LabError when it ends, or falls silent, before it answers
   */
  call<T>(method: string, parameters: unknown, options: CallOptions = {}): Promise<T> {
    const id = this.#nextId++;
    const { signal } = options;
    const cancel = (): void => {
      this.#send({ id, cancel: true });
      this.#watch.hurry();
    };
    if (this.#isClosed) return this.#rejectWithEnd();
    return new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onEvent: options.onEvent });
      this.#watch.begin();
      this.#send({ id, method, parameters });
      if (signal?.aborted === true) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    }).finally(() => signal?.removeEventListener('abort', cancel)) as Promise<T>;
  }

  /** Once the other side closes it, too. */
  close(): void {
    this.#stream.end();
  }

  /** At once, also when the other side heeds nothing any more. */
  abandon(): void {
    this.#stream.destroy();
  }

  #send(line: Line): void {
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify(line)}\n`);
  }

  /** What cannot be understood ends the channel: a peer that was killed while it wrote leaves half a line. */
  #onText(text: string): void {
    const line = parseLine(text);
    if (line === undefined) this.#stream.destroy();
    else this.#onLine(line);
  }

  #onLine(line: Line): void {
    this.#watch.heard();
    if ('sign' in line) {
      if (line.sign === 'wanted') this.#send({ id: line.id, sign: 'given' });
    } else if ('method' in line) void this.#serve(line.id, line.method, line.parameters);
    else if ('cancel' in line) this.#served.get(line.id)?.abort();
    else this.#onAnswer(line);
  }

  #onAnswer(line: Extract<Line, { event: unknown } | { result: unknown } | { error: unknown }>): void {
    const call = this.#calls.get(line.id);
    if (call === undefined) return;
    if ('event' in line) {
      call.onEvent?.(line.event as never);
      return;
    }
    this.#calls.delete(line.id);
    if (this.#calls.size === 0) this.#watch.end();
    if ('result' in line) call.resolve(line.result);
    else call.reject(errorOf(line.error));
  }

  async #serve(id: number, method: string, parameters: unknown): Promise<void> {
    const controller = new AbortController();
    this.#served.set(id, controller);
    try {
      const handler = this.#handlers[method];
      if (handler === undefined)
        throw new LabError(
          `this lab does not know the request "${method}": it was started by another version of netlab`,
        );
      const context: RequestContext = { signal: controller.signal, report: (event) => this.#send({ id, event }) };
      this.#send({ id, result: (await handler(parameters as never, context)) ?? null });
    } catch (error) {
      this.#send({ id, error: describe(error) });
    } finally {
      this.#served.delete(id);
    }
  }

  /** Whatever it may still say is of no use any more. */
  #onSilence(): void {
    this.#end = Promise.resolve(this.#other.explainSilence());
    this.#stream.destroy();
  }

  #onClosed(): void {
    this.#isClosed = true;
    this.#watch.end();
    for (const controller of this.#served.values()) controller.abort();
    const open = [...this.#calls.values()];
    this.#calls.clear();
    if (open.length === 0) return;
    void this.#rejectWithEnd().catch((error: Error) => {
      for (const call of open) call.reject(error);
    });
  }

  async #rejectWithEnd(): Promise<never> {
    this.#end ??= this.#other.explainEnd();
    throw await this.#end;
  }
}

/** @returns undefined for what no channel has written, or not to its end */
function parseLine(text: string): Line | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'id' in value ? (value as Line) : undefined;
  } catch {
    return undefined;
  }
}

/** A known error travels as its message; an unknown one keeps its stack, which belongs into a bug report. */
function describe(error: unknown): ErrorLine {
  if (error instanceof LabError)
    return { message: error.message, remedy: error.remedy, ...(error instanceof Refusal ? { refused: true } : {}) };
  return { message: wordsOf(error) };
}

function errorOf({ message, remedy, refused }: ErrorLine): LabError {
  const Kind = refused === true ? Refusal : LabError;
  return new Kind(message, remedy === undefined ? {} : { remedy });
}
