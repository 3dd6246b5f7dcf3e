/** A client of Consul's HTTP API (version 1), with the same few methods as that of etcd: keys live as long as a session. */
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { LabError } from '../errors.js';
import type { Change, KeyValue, Lease } from './etcd.js';

const REQUEST_TIMEOUT_MS = 2_000;
/** How long Consul holds a question back until something has changed (blocking queries). */
const WAIT_SECONDS = 60;

interface Entry {
  readonly Key: string;
  /** Base64. */
  readonly Value: string | null;
  readonly ModifyIndex: number;
}

interface Found {
  readonly entries: readonly KeyValue[];
  readonly revision: bigint;
}

export class Consul {
  readonly #url: string;

  /** @param url of the HTTP port: `http://172.16.0.1:8500` */
  constructor(url: string) {
    this.#url = url;
  }

  /** A session of its own, bound to no node: its keys go with it. Consul waits for up to twice its time to live. */
  async grant(timeToLiveSeconds: number): Promise<Lease> {
    const session = { TTL: `${timeToLiveSeconds}s`, Behavior: 'delete', LockDelay: '0s', NodeChecks: [] };
    const { ID: id } = await this.#json<{ readonly ID: string }>('PUT', 'session/create', JSON.stringify(session));
    return { id };
  }

  /** @throws LabError when the session is gone */
  async renew({ id }: Lease): Promise<void> {
    await this.#json('PUT', `session/renew/${id}`);
  }

  async revoke({ id }: Lease): Promise<void> {
    await this.#json('PUT', `session/destroy/${id}`);
  }

  /** A key that another session still holds, as that of a host where the address was before, is taken from it. */
  async put(key: string, value: string, { id }: Lease): Promise<void> {
    const acquire = async () => await this.#json<boolean>('PUT', `kv${key}?acquire=${id}`, value);
    if (await acquire()) return;
    await this.#json('DELETE', `kv${key}`);
    if (!(await acquire())) throw new LabError(`${key} is held by somebody else`);
  }

  /** Deletes a key unless somebody else has changed it meanwhile. */
  async deleteOwn(key: string, value: string): Promise<void> {
    const response = await this.#send('GET', `kv${key}`);
    if (response.statusCode === 404) return void response.resume();
    const [entry] = JSON.parse(await text(response)) as readonly Entry[];
    if (entry === undefined || decoded(entry).value !== value) return;
    await this.#json('DELETE', `kv${key}?cas=${entry.ModifyIndex}`);
  }

  /** All keys below a prefix, and the index of the store at that moment. */
  async list(prefix: string): Promise<Found> {
    return await this.#list(prefix, '', { timeoutMs: REQUEST_TIMEOUT_MS });
  }

  /**
   * Tells of every change below a prefix.
   * @param after the index from which on nothing is left out
   * @returns never but by throwing: when the signal comes or the connection ends
   */
  async watch(
    prefix: string,
    after: bigint,
    onChanges: (changes: readonly Change[]) => void,
    signal: AbortSignal,
  ): Promise<never> {
    let known = new Map<string, string>();
    // From nothing on: what is told a second time does no harm, and nothing that changed since the list is missed.
    let index = after > 1n ? after - 1n : 0n;
    for (;;) {
      const found = await this.#list(prefix, `&index=${index}&wait=${WAIT_SECONDS}s`, { signal });
      const now = new Map(found.entries.map(({ key, value }) => [key, value]));
      const gone = [...known.keys()].filter((key) => !now.has(key)).map((key): Change => ({ key, value: undefined }));
      onChanges([...gone, ...found.entries]);
      known = now;
      // An index that went back means that the store has begun anew.
      index = found.revision < index ? 0n : found.revision;
    }
  }

  async #list(
    prefix: string,
    more: string,
    limits: { readonly signal?: AbortSignal; readonly timeoutMs?: number },
  ): Promise<Found> {
    const response = await this.#send('GET', `kv${prefix}?recurse=true${more}`, undefined, limits);
    const revision = BigInt(String(response.headers['x-consul-index'] ?? '0'));
    const body = await text(response);
    const isEmpty = response.statusCode === 404;
    if (!isEmpty && response.statusCode !== 200) throw new LabError(`kv: Consul answers ${response.statusCode}`);
    return { entries: isEmpty ? [] : (JSON.parse(body) as readonly Entry[]).map(decoded), revision };
  }

  async #json<T>(method: string, path: string, body?: string): Promise<T> {
    const response = await this.#send(method, path, body);
    const words = await text(response);
    if (response.statusCode !== 200)
      throw new LabError(`${path.split('/')[0]}: Consul answers ${response.statusCode} ${words}`.trim());
    return JSON.parse(words) as T;
  }

  #send(
    method: string,
    path: string,
    body?: string,
    { signal, timeoutMs }: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {
      timeoutMs: REQUEST_TIMEOUT_MS,
    },
  ): Promise<IncomingMessage> {
    const options = {
      method,
      // A connection of its own: those that are kept for the next request may have ended meanwhile.
      agent: false as const,
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}/v1/${path}`, options, resolve);
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new LabError(`${path}: no answer within ${timeoutMs} ms`)));
      sent.end(body);
    });
  }
}

/** Consul keeps keys without the slash at their beginning. */
function decoded({ Key, Value }: Entry): KeyValue {
  return { key: `/${Key}`, value: Buffer.from(Value ?? '', 'base64').toString() };
}
