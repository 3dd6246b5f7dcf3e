/** What every probe carries: which verify it belongs to, and which probe it is. */
import { randomBytes } from 'node:crypto';

const RUN_BYTES = 12;
export const TOKEN_BYTES = RUN_BYTES + 4;

/** Writes and reads the tokens of one verify. Its random part keeps labs, and verifies after one another, apart. */
export class Tokens {
  readonly #run = randomBytes(RUN_BYTES);
  readonly #text = this.#run.toString('latin1');

  /** @param id below 2^32 */
  encode(id: number): Buffer {
    const token = Buffer.allocUnsafe(TOKEN_BYTES);
    this.#run.copy(token);
    token.writeUInt32BE(id, RUN_BYTES);
    return token;
  }

  /** @returns the id; undefined for what is not ours, or cut short */
  decode(data: Buffer): number | undefined {
    if (data.length < TOKEN_BYTES || data.toString('latin1', 0, RUN_BYTES) !== this.#text) return undefined;
    return data.readUInt32BE(RUN_BYTES);
  }
}
