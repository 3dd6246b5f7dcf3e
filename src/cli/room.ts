/** Labs that are up at the same time must fit into the machine together. */
import { type Room, roomHere } from '#lab/room.js';
import type { Plan } from '../plan/plan.js';
import { UsageError } from './usage-error.js';

/** What is to be built. */
export type Wanted = Pick<Plan, 'nodes'>;

/**
 * Of labs that all have to be up at the same time.
 * @throws UsageError when they do not fit together
 */
export async function demandRoomFor(labs: readonly Wanted[], room: Room = roomHere()): Promise<void> {
  const { limitOfLabs } = await import('../scenario/size.js');
  const wanted = labs.reduce((sum, lab) => sum + namespacesOf(lab), 0);
  const limit = limitOfLabs(room);
  if (wanted <= limit.nodes) return;
  throw new UsageError(
    `${labs.length} labs at once are ${wanted} nodes; allowed: at most ${limit.nodes} on this machine: ${limit.why}`,
    { remedy: `Measure fewer of them at once, or ${limit.remedy(wanted)}.` },
  );
}

/**
 * Of labs of which some can wait, and which are measured: with what checks build beside each.
 * @param plans of which each fits by itself
 * @param most how many of them are to be up at the same time
 * @returns how many can be, whichever they are: 1 at least
 */
export async function labsThatFit(plans: readonly Plan[], most: number, room: Room = roomHere()): Promise<number> {
  const { limitOfLabs, nodesBeside } = await import('../scenario/size.js');
  const { nodes: allowed } = limitOfLabs(room);
  const sizes = plans.map((plan) => namespacesOf(plan) + nodesBeside(plan.cluster.hosts.length));
  let [fitting, sum] = [0, 0];
  for (const size of sizes.toSorted((a, b) => b - a)) {
    sum += size;
    if (sum > allowed || fitting === most) break;
    fitting += 1;
  }
  return Math.max(1, fitting);
}

const namespacesOf = ({ nodes }: Wanted): number =>
  nodes.filter(({ sharesNetworkOf }) => sharesNetworkOf === undefined).length;
