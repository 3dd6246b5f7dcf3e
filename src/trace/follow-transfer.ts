import { randomBytes } from 'node:crypto';
import type { Lab } from '#lab/lab.js';
import type { FollowUps } from '../check/follow-ups.js';
import { type TransferRequest, transfer } from '../probes/bulk-transfer.js';
import { flowProbe } from './follow-flow.js';
import { type Loss, locateLoss } from './locate.js';

/** Long enough to be no accident, short enough to fit whole into any segment. */
const PATTERN_BYTES = 16;

/**
 * Starts a transfer that stalled again, and follows its data; where none leaves the sender, its request for a connection.
 * @param losses for how many stalled transfers it stands
 * @returns undefined when no more are followed
 */
export async function followTransfer(
  { lab, followUps }: { readonly lab: Lab; readonly followUps: FollowUps },
  request: TransferRequest,
  losses: number,
): Promise<Loss | undefined> {
  const { from, to, family } = request;
  const like = `transfer from ${from.host ?? from.node} to ${to.host ?? to.node} over ${family}`;
  return await followUps.once(like, losses, async (signal) => await followNow(lab, signal, request));
}

async function followNow(lab: Lab, signal: AbortSignal, request: TransferRequest): Promise<Loss> {
  const { from, to, family } = request;
  const pattern = randomBytes(PATTERN_BYTES);
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const resend = () => {
    running = transfer(lab, { ...request, pattern }, AbortSignal.any([signal, stop.signal])).catch(() => undefined);
  };
  try {
    const probe = { from, to, family, marks: [{ contains: pattern }], answered: false, resend };
    const loss = await locateLoss(lab, probe, signal);
    if (loss.lastSeen !== undefined) return told('its data', loss);
  } finally {
    stop.abort();
    await running;
  }
  const connection = await flowProbe(lab, { from, to, protocol: 'tcp', family });
  try {
    return told('its request for a connection', await locateLoss(lab, connection.probe, signal));
  } finally {
    connection.close();
  }
}

function told(what: string, loss: Loss): Loss {
  // Where a MAC address is asked for, that is what was followed.
  const link = loss.words.startsWith('the ') ? 'was not sent:' : '';
  return { ...loss, words: [what, link, loss.words].filter((words) => words !== '').join(' ') };
}
