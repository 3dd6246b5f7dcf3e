/** Labs that are up at the same time must fit into the machine together. */
import { roomHere } from '#lab/room.js';
import type { Plan } from '../plan/plan.js';
import { UsageError } from './usage-error.js';

/**
 * @param plans of which each fits by itself
 * @param atOnce how many of them are up at the same time, at most
 * @throws UsageError when the largest of them do not fit together
 */
export async function demandRoomFor(plans: readonly Plan[], atOnce = plans.length): Promise<void> {
  const { limitOfLabs } = await import('../scenario/size.js');
  const sizes = plans.map(namespacesOf).toSorted((a, b) => b - a);
  const wanted = sizes.slice(0, atOnce).reduce((sum, size) => sum + size, 0);
  const limit = limitOfLabs(roomHere());
  if (wanted <= limit.nodes) return;
  const labs = Math.min(atOnce, plans.length);
  throw new UsageError(
    `${labs} labs at once are ${wanted} nodes; allowed: at most ${limit.nodes} on this machine: ${limit.why}`,
    { remedy: `Measure fewer of them at once, or ${limit.remedy(wanted)}.` },
  );
}

const namespacesOf = ({ nodes }: Plan): number =>
  nodes.filter(({ sharesNetworkOf }) => sharesNetworkOf === undefined).length;
