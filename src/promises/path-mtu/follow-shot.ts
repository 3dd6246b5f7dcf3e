/** Where a packet of one size is lost that should have passed. */
import type { Lab } from '#lab/lab.js';
import type { CheckContext } from '../../check/contract.js';
import { DatagramProbes, type Shot } from '../../probes/datagram-probes.js';
import { type Loss, locateLoss } from '../../trace/locate.js';
import type { Direction } from './directions.js';
import type { Measurement } from './probing.js';

/** Only what was sent can be followed, and along cables: what the sender's own kernel refused never left it, and tunnels may lead elsewhere. */
export async function followShot(
  { lab, followUps }: CheckContext,
  measurement: Measurement,
  sizeBytes: number,
  losses: number,
): Promise<Loss | undefined> {
  const { from, to, family, shots, by } = measurement;
  if (by.length > 0) return undefined;
  const lost = shots.findLast((one) => one.sizeBytes === sizeBytes) ?? shots[0];
  if (lost === undefined || lost.ending.kind === 'refused') return undefined;
  const like = `${lost.sizeBytes} bytes from ${from.node} to ${to.node} over ${family}`;
  return await followUps.once(like, losses, async (signal) => await shootAgain(lab, signal, measurement, lost));
}

async function shootAgain(lab: Lab, signal: AbortSignal, { from, to, family }: Direction, lost: Shot): Promise<Loss> {
  const probes = new DatagramProbes(lab, family);
  // The nonce is known only once it was sent: this one is the one that arms the taps.
  const shot: Shot = await probes.fire(from, to, lost.sizeBytes);
  try {
    const resend = () => probes.fireAgain(shot);
    return await locateLoss(
      lab,
      { from, to, family, marks: [{ contains: shot.nonce }], answered: false, resend },
      signal,
    );
  } finally {
    probes.close();
  }
}
