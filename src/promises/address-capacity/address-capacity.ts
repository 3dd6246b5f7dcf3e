/**
 * # address-capacity
 *
 * A slice or pool of addresses is usable to its very end, and then says so.
 *
 * ## What it asks
 *
 * Does the last address work, and is one container more refused clearly, without breaking anybody?
 *
 * ## How it is measured
 *
 * A container is added at the last address of each slice, and must be reached: from a container of another host, or else from
 * whoever is there that the design lets reach it. One more must be refused, and nobody
 * else may lose a flow meanwhile. A DHCP pool of up to 1,024 addresses is filled by netlab's own requests.
 *
 * ## Its limit
 *
 * 32 hosts are tried. A larger pool is not filled.
 *
 * ## What breaks it
 *
 * Slices that overlap at their ends, a broadcast or gateway address inside of the range, a server that offers a taken
 * address when its pool is empty.
 *
 * ## What to do
 *
 * Take the address that the evidence names out of the range.
 */
import { AddressError } from '../../address/error.js';
import { sliceRange } from '../../address/slices.js';
import type { Endpoint, Plan } from '../../plan/plan.js';
import type { CheckOutcome } from '../../result/result.js';
import { type Added, type Findings, judgeCapacity } from './findings.js';
import type { Check, CheckContext } from '../../check/contract.js';
import { flowsOfGuests, orRefusal, peersOf } from '../../reachability/guest-flows.js';
import { observeHolders } from '../../probes/holders.js';
import { measurePool } from './pool-capacity.js';
import { failed, skipped } from '../../check/outcome.js';
import { silencedPairs, talkingPairs } from '../../probes/silenced-pairs.js';
import { counted, enumerate } from '../../check/words.js';

/** Hosts of which the slice is tried: each gets one more container. */
const MOST_HOSTS = 32;

/** A slice is usable to its very end, and then says so. */
export const addressCapacity: Check = {
  promise: 'address-capacity',
  title: 'a container at the last address of each slice, or of the pool, works; one more is refused and breaks nobody',
  sharing: 'alone',
  lacks,
  async measure(context) {
    const { pool, containerAddresses } = context.plan.cluster;
    if (containerAddresses === 'host') return nothingGivenOut(context);
    return pool === undefined ? await measureSlices(context) : await measurePool(context, pool);
  },
};

/** That an address works is known only when somebody reaches whoever has it. */
function lacks(plan: Plan): string | undefined {
  const { hosts, containerAddresses } = plan.cluster;
  if (containerAddresses === 'host' || hosts.some(({ name }) => peersOf(plan, name).length > 0)) return undefined;
  return 'nobody is there whom one container more could talk to';
}

async function measureSlices(context: CheckContext): Promise<CheckOutcome> {
  const hosts = context.plan.cluster.hosts.slice(0, MOST_HOSTS).map(({ name }) => name);
  const talking = await talkingPairs(context);
  const added = await addLast(context, hosts);
  if (added.guests.length + added.refused.length === 0)
    return skipped(
      "containers of the cluster have every slice's last address already, and work or not: see container-to-container",
      'Give a slice room for one container more.',
    );
  try {
    const { requests, unasked } = await flowsOfGuests(context, added.guests);
    const flows = await context.flows.measure(requests);
    const admitted = await admittedBeyond(context, hosts);
    const findings: Findings = {
      ...added,
      hosts,
      flows,
      unasked,
      admitted,
      ...(await silencedPairs(context, talking)),
    };
    return await judgeCapacity(context, findings);
  } finally {
    await context.guests.remove(added.guests);
  }
}

/** Containers with their host's own address: none is ever given out or refused. */
async function nothingGivenOut({ plan, lab }: CheckContext): Promise<CheckOutcome> {
  const holders = await observeHolders(lab);
  const evidence = plan.cluster.hosts.slice(0, MOST_HOSTS).map(({ name, ipv4 }) => ({
    message: `${name} gives its containers no address of their own`,
    where: name,
    expected: 'an address for each container, and a refusal when there is none left',
    seen: `${ipv4} on ${enumerate(holders.ofAddress(ipv4).map(({ node }) => node))}`,
  }));
  const summary = 'no address is given out, so none can be refused';
  return failed({ summary, coverage: counted(evidence.length, 'host') }, evidence);
}

const lastOf = (host: string) => ({ host, address: 'last' }) as const;

/** All at once, which is faster; one by one when any is refused. */
async function addLast(context: CheckContext, hosts: readonly string[]): Promise<Added> {
  const together = await orRefusal(context.guests.add(hosts.map(lastOf)));
  if (!(together instanceof AddressError)) return { guests: together, refused: [] };
  const guests: Endpoint[] = [];
  const refused: Array<{ host: string; words: string }> = [];
  for (const host of hosts) {
    const one = await orRefusal(context.guests.add([lastOf(host)]));
    if (!(one instanceof AddressError)) guests.push(...one);
    // One of the host's own containers has it: that it works is for other checks.
    else if (!hasLast(context.plan, host)) refused.push({ host, words: one.message });
  }
  return { guests, refused };
}

function hasLast({ cluster }: Plan, name: string): boolean {
  const host = cluster.hosts.find((one) => one.name === name);
  const last = host === undefined ? undefined : sliceRange(host.slice).last?.text;
  return host?.containers.some(({ ipv4 }) => ipv4 === last) ?? false;
}

/** Asks each host for one address more than it has. @returns those that gave one */
async function admittedBeyond({ guests }: CheckContext, hosts: readonly string[]): Promise<readonly string[]> {
  const admitted: string[] = [];
  for (const host of hosts) {
    const added = await orRefusal(guests.add([{ host, address: 'beyond-last' }]));
    if (added instanceof AddressError) continue;
    admitted.push(host);
    await guests.remove(added);
  }
  return admitted;
}
