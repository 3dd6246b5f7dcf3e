/** JSON-RPC 1.0 over a stream socket, as Open vSwitch's daemons speak it (RFC 7047, section 4; ovs-appctl(8)). */
import { connect } from 'node:net';
import { LabError } from '../errors.js';

/** A daemon that lives answers in a few ms; in a broadcast storm, or on a busy machine, its turn comes later. */
const TIMEOUT_MS = 5_000;

/**
 * Asks one question over a connection of its own.
 * @param path of the daemon's socket
 * @throws LabError when it does not answer, or answers with an error
 */
export async function askDaemon(path: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const answer = await exchange(path, JSON.stringify({ id: 0, method, params }));
  const { result, error } = answer as { readonly result?: unknown; readonly error?: unknown };
  if (error === null || error === undefined) return result;
  throw new LabError(
    `${path} answered ${method} with ${typeof error === 'string' ? error.trim() : JSON.stringify(error)}`,
  );
}

function exchange(path: string, question: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      socket.destroy();
      reject(new LabError(`${path} does not answer (${why})`));
    };
    let text = '';
    const socket = connect(path, () => void socket.write(question));
    socket.setEncoding('utf8').setTimeout(TIMEOUT_MS, () => fail(`within ${TIMEOUT_MS} ms`));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    socket.on('close', () => fail('closed'));
    socket.on('data', (more: string) => {
      text += more;
      const answer = parsed(text);
      if (answer === undefined) return;
      resolve(answer);
      socket.destroy();
    });
  });
}

/** Answers have no end mark: what is JSON is complete. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
