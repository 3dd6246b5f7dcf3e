/** BIRD's control socket: lines of text, each with a code of four digits (doc/reply_codes of BIRD 2). */
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { LabError } from '../errors.js';

/** A daemon that is stopped accepts connections, and says nothing. */
const ANSWER_MS = 2_000;
/** Codes from here on are errors. */
const FIRST_ERROR = 8000;

/** Codes of lines that are read here. */
export const birdCode = { protocol: 1002, route: 1007 } as const;

export type BirdAnswer = ReadonlyArray<{ readonly code: number; readonly text: string }>;

/** A connection to one daemon. */
export class BirdControl {
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;
  #greeted = false;

  constructor(path: string) {
    this.#socket = createConnection(path).setTimeout(ANSWER_MS);
    this.#socket.once('timeout', () => this.#socket.destroy(new Error(`nothing within ${ANSWER_MS} ms`)));
    // Whoever waits for a line gets the error; where nobody waits it changes nothing.
    this.#socket.on('error', () => undefined);
    this.#lines = createInterface({ input: this.#socket })[Symbol.asyncIterator]();
  }

  /** @throws LabError when the daemon does not answer, or refuses */
  async ask(command: string): Promise<BirdAnswer> {
    if (!this.#greeted) await this.#answer('connect');
    this.#greeted = true;
    this.#socket.write(`${command}\n`);
    return await this.#answer(command);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #answer(command: string): Promise<BirdAnswer> {
    const answer: { code: number; text: string }[] = [];
    let code = 0;
    for (;;) {
      const line = await this.#line();
      const digits = /^\d{4}/u.exec(line)?.[0];
      // A line that begins with a space has the code of the one before.
      if (digits !== undefined) code = Number(digits);
      if (code >= FIRST_ERROR) throw new LabError(`BIRD refuses "${command}": ${line.slice(5)}`);
      answer.push({ code, text: line.slice(digits === undefined ? 1 : 5) });
      if (/^\d{4} /u.test(line)) return answer;
    }
  }

  async #line(): Promise<string> {
    const next = await this.#lines.next().catch((error: unknown) => {
      throw new LabError(`BIRD does not answer: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (next.done === true)
      throw new LabError(`BIRD does not answer: ${this.#socket.errored?.message ?? 'it has hung up'}`);
    return next.value;
  }
}
