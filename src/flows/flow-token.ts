/** What every probe carries: which verify it belongs to, and which probe it is. */
const RUN_WORDS = 3;
const ID_OFFSET = 4 * RUN_WORDS;
export const TOKEN_BYTES = ID_OFFSET + 4;

/**
 * Writes and reads the tokens of one verify. Its random part keeps labs, and verifies after one another, apart; it guards
 * against nobody, so it need not wait for OpenSSL, whose generator takes up to half a second to start.
 */
export class Tokens {
  readonly #run = Buffer.from(Uint32Array.from({ length: RUN_WORDS }, () => Math.random() * 2 ** 32).buffer);

  /** @param id below 2^32 */
  encode(id: number): Buffer {
    const token = Buffer.allocUnsafe(TOKEN_BYTES);
    this.#run.copy(token);
    token.writeUInt32BE(id, ID_OFFSET);
    return token;
  }

  /** @returns the id; undefined for what is not ours, or cut short */
  decode(data: Buffer): number | undefined {
    if (data.length < TOKEN_BYTES) return undefined;
    return this.#run.compare(data, 0, ID_OFFSET) === 0 ? data.readUInt32BE(ID_OFFSET) : undefined;
  }
}
