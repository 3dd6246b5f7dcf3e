/** Known plaintext: bytes that nobody else sends, by which a tap knows what a container or a host sent in clear. */
import { randomBytes } from 'node:crypto';
import type { Family } from '#lab/sockets.js';

const NONCE_BYTES = 16;
export const TOKEN_BYTES = NONCE_BYTES + 4;

export interface Token {
  /** `overlay`: between containers, as the strategy carries it. `control`: between their hosts, in clear on purpose. */
  readonly kind: 'overlay' | 'control';
  readonly from: { readonly node: string; readonly host: string };
  readonly to: {
    readonly node: string;
    readonly host: string;
    readonly address: string;
    /** The TCP port at which it serves, and the one at the address that leads there; any port when absent. */
    readonly published?: { readonly port: number; readonly hostPort: number };
  };
  readonly protocol: 'udp' | 'tcp';
  readonly family: Family;
  /** What is sent: the token's bytes again and again, so that a part of it is still known. */
  readonly payloadBytes: number;
}

/** Numbers the tokens of one measurement. */
export class TokenBook {
  /** In every token of this measurement, and in nothing else. */
  readonly nonce = randomBytes(NONCE_BYTES);
  readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  encode(token: Token): Buffer {
    const bytes = Buffer.concat([this.nonce, Buffer.alloc(4)]);
    bytes.writeUInt32BE(this.tokens.indexOf(token), NONCE_BYTES);
    return Buffer.alloc(token.payloadBytes, bytes);
  }

  /** The first token in the data, wherever it begins; undefined where there is none. */
  find(data: Buffer): Token | undefined {
    const at = data.indexOf(this.nonce);
    if (at < 0 || data.length < at + TOKEN_BYTES) return undefined;
    return this.tokens[data.readUInt32BE(at + NONCE_BYTES)];
  }
}
