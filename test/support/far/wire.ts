/**
 * A far end in the same process: each call, each answer and each event is a message that is copied when it is sent and
 * delivered in a later turn of the event loop, in order, as over a pipe. Nothing but data gets through: the copy is the
 * structured clone, which refuses functions, streams and promises.
 */
import { LabError } from '#lab/errors.js';

export class Wire {
  /** Messages so far, in both directions. */
  messages = 0;
  readonly #queue: Array<() => void> = [];

  /** Delivers a message after all those that were sent before it. */
  post(deliver: () => void): void {
    this.messages += 1;
    if (this.#queue.push(deliver) === 1) setImmediate(() => this.#deliver());
  }

  /** One for each turn, so that whatever awaited an answer goes on before the event that follows it. */
  #deliver(): void {
    const deliver = this.#queue.shift();
    if (this.#queue.length > 0) setImmediate(() => this.#deliver());
    deliver?.();
  }
}

/** Something was sent that is no data. */
export class NoDataError extends Error {}

/** What arrives of data. @throws NoDataError when something in it is not, or would lose its methods by the copy */
export function carried<T>(data: T): T {
  demandData(data);
  return withBuffers(structuredClone(data)) as T;
}

/** What arrives of an error: the kind that `src` tells apart, and its data. */
export function carriedError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const { message, name, stack = '' } = error;
  const copy = new Error(message);
  if (error instanceof LabError || error instanceof NoDataError)
    Object.setPrototypeOf(copy, Object.getPrototypeOf(error) as object);
  return Object.assign(copy, carried(Object.fromEntries(Object.entries(error))), { name, stack });
}

/** The structured clone takes a Map, a Set and bytes as they are; of an instance it would drop the class without a word. */
function demandData(value: unknown): void {
  if (typeof value === 'function') throw new NoDataError(`a function is no data: ${value.name}`);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return [...value].forEach(demandData);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new NoDataError(`an object with a class is no data: ${value.constructor.name}`);
  Object.values(value).forEach(demandData);
}

/** What netlab has of bytes are Buffers. */
function withBuffers(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(withBuffers);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, withBuffers(one)]));
  if (typeof value !== 'object' || value === null || value instanceof Set) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withBuffers(one)]));
}
