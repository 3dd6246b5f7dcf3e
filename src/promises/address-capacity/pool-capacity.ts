/** Whether a pool of leases is usable to its last address, and then says so. */
import { AddressError } from '../../address/error.js';
import { isUnspecified } from '../../address/ip.js';
import { type AddressRange, rangeSize } from '../../address/range.js';
import type { Endpoint } from '../../plan/plan.js';
import type { CheckOutcome } from '../../result/result.js';
import type { CheckContext } from '../../check/contract.js';
import { containersOf } from '../../probes/endpoint-choice.js';
import { flowsOfGuests, orRefusal } from '../../reachability/guest-flows.js';
import { skipped } from '../../check/outcome.js';
import { silencedPairs, talkingPairs } from '../../probes/silenced-pairs.js';
import { askingPlace, LeaseAsker, type TakenLease } from '../../probes/lease-asker.js';
import { judgePool, type PoolFindings } from './pool-findings.js';

/** A larger pool is not filled: each lease is a line in the server's file, which it writes anew each time. */
const LARGEST_POOL = 1024;
const AT_ONCE = 16;

/**
 * Takes all that is free but one, for nobody; a container must get the last one and work, and one more must get none.
 * Everything is given back.
 */
export async function measurePool(context: CheckContext, pool: AddressRange): Promise<CheckOutcome> {
  const place = await askingPlace(context);
  if (place === undefined) return skipped('the cluster has no container', 'Give the scenario at least one container.');
  if (rangeSize(pool) > LARGEST_POOL)
    return skipped(
      `the pool has ${rangeSize(pool)} addresses; more than ${LARGEST_POOL} are not filled`,
      "Measure with a smaller pool (the strategy's pool.first and pool.last).",
    );
  const talking = await talkingPairs(context);
  const asker = await LeaseAsker.open(context.lab, place, context.signal);
  const taken: TakenLease[] = [];
  try {
    await fill(asker, taken, rangeSize(pool));
    return await judgePool(context, await findingsOf(context, pool, asker, taken, talking));
  } finally {
    for (const lease of taken) asker.release(lease);
    asker.close();
  }
}

/** Until nobody offers any more, or more than there can be has been given. One that was refused may have been unlucky. */
async function fill(asker: LeaseAsker, taken: TakenLease[], most: number): Promise<void> {
  while (taken.length <= most) {
    const batch = await Promise.all(Array.from({ length: AT_ONCE }, () => asker.take()));
    const got = batch.filter((lease) => lease !== undefined);
    taken.push(...got);
    if (got.length === 0) return;
  }
}

async function findingsOf(
  context: CheckContext,
  pool: AddressRange,
  asker: LeaseAsker,
  taken: TakenLease[],
  talking: Awaited<ReturnType<typeof talkingPairs>>,
): Promise<PoolFindings> {
  const leased = containersOf(context.plan).flatMap(({ ipv4 }) => (isUnspecified(ipv4) ? [] : [ipv4]));
  const found = { pool, leased, taken: taken.map(({ address }) => address) };
  const last = taken.pop();
  if (last === undefined)
    return {
      ...found,
      guest: undefined,
      flows: [],
      unasked: [],
      admitted: [],
      ...(await silencedPairs(context, talking)),
    };
  asker.release(last);
  const added = await addOne(context);
  const guests = added instanceof AddressError ? [] : added;
  try {
    const { requests, unasked } = await flowsOfGuests(context, guests);
    const flows = await context.flows.measure(requests);
    const admitted = guests.length === 0 ? [] : await admittedBeyond(context);
    return {
      ...found,
      last: last.address,
      guest: guests[0],
      flows,
      unasked,
      admitted,
      ...(await silencedPairs(context, talking)),
    };
  } finally {
    await context.guests.remove(guests);
  }
}

/** On the last host: whoever asks for it is on the first. */
async function addOne({ plan, guests }: CheckContext): Promise<readonly Endpoint[] | AddressError> {
  const host = plan.cluster.hosts.at(-1)?.name ?? '';
  return await orRefusal(guests.add([{ host, address: 'last' }]));
}

/** @returns addresses that one container more was given although there was none left */
async function admittedBeyond(context: CheckContext): Promise<readonly string[]> {
  const added = await addOne(context);
  if (added instanceof AddressError) return [];
  await context.guests.remove(added);
  return added.map(({ ipv4 }) => ipv4);
}
