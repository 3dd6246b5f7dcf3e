/** BIRD's control socket: lines of text, each with a code of four digits (BIRD Internet Routing Daemon, doc/reply_codes). */
import { createConnection, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { LabError } from '../errors.js';

/** A daemon that is stopped accepts connections, and says nothing. */
const ANSWER_MS = 2_000;

/** Codes of lines that are read here. */
export const birdCode = { protocol: 1002, route: 1007 } as const;

export type BirdAnswer = ReadonlyArray<{ readonly code: number; readonly text: string }>;

/** A connection to one daemon, made with the first question. */
export class BirdControl {
  readonly #socket: Socket;
  readonly #lines: Interface;
  readonly #iterator: AsyncIterator<string>;
  #failure: Error | undefined;
  #greeted = false;

  constructor(path: string) {
    this.#socket = createConnection(path).setEncoding('utf8').setTimeout(ANSWER_MS);
    this.#socket.once('timeout', () => this.#socket.destroy(new Error(`no answer within ${ANSWER_MS} ms`)));
    this.#lines = createInterface({ input: this.#socket });
    this.#iterator = this.#lines[Symbol.asyncIterator]();
    this.#socket.once('error', (error) => {
      this.#failure = error;
      this.#lines.close();
    });
  }

  /** @throws LabError when the daemon does not answer, or refuses */
  async ask(command: string): Promise<BirdAnswer> {
    if (!this.#greeted) await this.#answer('connect');
    this.#greeted = true;
    this.#socket.write(`${command}\n`);
    return await this.#answer(command);
  }

  close(): void {
    this.#lines.close();
    this.#socket.destroy();
  }

  async #answer(command: string): Promise<BirdAnswer> {
    const answer: { code: number; text: string }[] = [];
    let code = 0;
    for (;;) {
      const { line, last } = await this.#line();
      const digits = /^\d{4}/u.exec(line)?.[0];
      // A line that begins with a space has the code of the one before.
      if (digits !== undefined) code = Number(digits);
      if (code >= 8000) throw new LabError(`BIRD refuses "${command}": ${line.slice(5)}`);
      answer.push({ code, text: digits === undefined ? line.slice(1) : line.slice(5) });
      if (last) return answer;
    }
  }

  async #line(): Promise<{ readonly line: string; readonly last: boolean }> {
    const { value, done } = (await this.#iterator.next()) as IteratorResult<string, undefined>;
    if (done === true || value === undefined)
      throw new LabError(`BIRD does not answer: ${this.#failure?.message ?? 'it has hung up'}`);
    return { line: value, last: /^\d{4} /u.test(value) };
  }
}
