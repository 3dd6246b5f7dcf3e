import { randomBytes } from 'node:crypto';
import type { Lab } from '#lab/lab.js';
import { type TransferRequest, transfer } from './bulk-transfer.js';
import { type Loss, locateLoss } from './locate.js';

/** Long enough to be no accident, short enough to fit whole into any segment. */
const PATTERN_BYTES = 16;

/** Starts a transfer that stalled again, and follows its data. */
export async function followTransfer(
  { lab, signal }: { readonly lab: Lab; readonly signal: AbortSignal },
  request: TransferRequest,
): Promise<Loss> {
  const { from, to, family } = request;
  const pattern = randomBytes(PATTERN_BYTES);
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const resend = () => {
    running = transfer(lab, { ...request, pattern }, AbortSignal.any([signal, stop.signal])).catch(() => undefined);
  };
  try {
    return await locateLoss(lab, { from, to, family, marks: [{ contains: pattern }], answered: false, resend }, signal);
  } finally {
    stop.abort();
    await running;
  }
}
