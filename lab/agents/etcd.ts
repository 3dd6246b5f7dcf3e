/** A client of etcd's JSON gateway (API version 3, as etcd 3.4 and later have it below /v3), for a handful of small keys. */
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { LabError } from '../errors.js';

/** A store that does not answer within this time counts as gone. */
const REQUEST_TIMEOUT_MS = 2_000;
const encode = (plain: string): string => Buffer.from(plain).toString('base64');
const decode = (encoded: string): string => Buffer.from(encoded, 'base64').toString();

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** A key has a value now, or none any more. */
export interface Change {
  readonly key: string;
  readonly value: string | undefined;
}

interface RawKeyValue {
  readonly key: string;
  readonly value?: string;
}

/** 64-bit numbers are text in the gateway's JSON. */
interface Header {
  readonly revision: string;
}

interface WatchMessage {
  readonly result?: {
    readonly canceled?: boolean;
    readonly events?: ReadonlyArray<{ readonly type?: string; readonly kv: RawKeyValue }>;
  };
}

/** Keys put with a lease vanish with it: when it is not renewed for its time to live, or revoked. */
export interface Lease {
  readonly id: string;
}

export class Etcd {
  readonly #url: string;

  /** @param url of the client port: `http://172.16.0.1:2379` */
  constructor(url: string) {
    this.#url = url;
  }

  async grant(timeToLiveSeconds: number): Promise<Lease> {
    const { ID: id } = await this.#call<{ readonly ID: string }>('lease/grant', { TTL: timeToLiveSeconds });
    return { id };
  }

  /** @throws LabError when the lease has run out */
  async renew({ id }: Lease): Promise<void> {
    const { result } = await this.#call<{ readonly result?: { readonly TTL?: string } }>('lease/keepalive', { ID: id });
    if (Number(result?.TTL ?? 0) <= 0) throw new LabError('the lease has run out');
  }

  async revoke({ id }: Lease): Promise<void> {
    await this.#call('lease/revoke', { ID: id });
  }

  async put(key: string, value: string, { id }: Lease): Promise<void> {
    await this.#call('kv/put', { key: encode(key), value: encode(value), lease: id });
  }

  /** Deletes a key unless somebody else has changed it meanwhile. */
  async deleteOwn(key: string, value: string): Promise<void> {
    await this.#call('kv/txn', {
      compare: [{ key: encode(key), target: 'VALUE', value: encode(value) }],
      success: [{ request_delete_range: { key: encode(key) } }],
    });
  }

  /** All keys below a prefix, and the revision of the store at that moment. */
  async list(prefix: string): Promise<{ readonly entries: readonly KeyValue[]; readonly revision: bigint }> {
    const { header, kvs = [] } = await this.#call<{ readonly header: Header; readonly kvs?: readonly RawKeyValue[] }>(
      'kv/range',
      rangeOf(prefix),
    );
    const entries = kvs.map(({ key, value = '' }) => ({ key: decode(key), value: decode(value) }));
    return { entries, revision: BigInt(header.revision) };
  }

  /**
   * Tells of every change below a prefix.
   * @param after the revision from which on nothing is left out
   * @returns never but by throwing: when the signal comes, the connection ends, or etcd has forgotten that revision
   */
  async watch(
    prefix: string,
    after: bigint,
    onChanges: (changes: readonly Change[]) => void,
    signal: AbortSignal,
  ): Promise<never> {
    const body = { create_request: { ...rangeOf(prefix), start_revision: String(after + 1n) } };
    // A connection of its own: those that are kept for the next request time out when they are idle.
    const response = await this.#post('watch', body, { signal, agent: false });
    let rest = '';
    for await (const chunk of response) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onChanges(changesOf(JSON.parse(line) as WatchMessage));
    }
    throw new LabError('the watch has ended');
  }

  async #call<T>(method: string, body: unknown): Promise<T> {
    const response = await this.#post(method, body, { timeout: REQUEST_TIMEOUT_MS });
    return JSON.parse(await text(response)) as T;
  }

  #post(method: string, body: unknown, options: RequestOptions): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const posted = request(`${this.#url}/v3/${method}`, { method: 'POST', ...options }, (response) => {
        if (response.statusCode === 200) return resolve(response);
        response.resume();
        reject(new LabError(`${method}: etcd answers ${response.statusCode}`));
      });
      posted.on('error', reject);
      posted.on('timeout', () => posted.destroy(new LabError(`${method}: no answer within ${REQUEST_TIMEOUT_MS} ms`)));
      posted.end(JSON.stringify(body));
    });
  }
}

/** The end of a prefix is the prefix with its last byte one higher. */
function rangeOf(prefix: string): { readonly key: string; readonly range_end: string } {
  const last = prefix.charCodeAt(prefix.length - 1);
  return { key: encode(prefix), range_end: encode(prefix.slice(0, -1) + String.fromCharCode(last + 1)) };
}

function changesOf({ result }: WatchMessage): readonly Change[] {
  if (result?.canceled === true) throw new LabError('etcd has cancelled the watch');
  return (result?.events ?? []).map(({ type, kv }) => ({
    key: decode(kv.key),
    value: type === 'DELETE' ? undefined : decode(kv.value ?? ''),
  }));
}
