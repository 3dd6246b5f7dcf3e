import { AddressError } from '../address/error.js';
import { sliceRange } from '../address/slices.js';
import type { Endpoint, Plan } from '../plan/plan.js';
import type { FlowRequest } from '../verify/flows.js';
import { type Added, type Findings, judgeCapacity } from './address-capacity-findings.js';
import type { Check, CheckContext } from './contract.js';
import { DatagramProbes, type Shot } from './datagram-probes.js';
import { commonFamilies, containersByHost } from './endpoint-choice.js';
import { patiently } from './patience.js';

/** Hosts of which the slice is tried: each gets one more container. */
const MOST_HOSTS = 32;
const ARRIVAL_MS = 200;
const TRIES = 3;
const SMALL_BYTES = 128;

/** A slice is usable to its very end, and then says so. */
export const addressCapacity: Check = {
  promise: 'address-capacity',
  title: 'a container at the last address of each slice works; one more is refused and breaks nobody',
  sharing: 'alone',
  async measure(context) {
    const hosts = context.plan.cluster.hosts.slice(0, MOST_HOSTS).map(({ name }) => name);
    const added = await addLast(context, hosts);
    try {
      const flows = await context.flows.measure(added.guests.flatMap((guest) => flowsOf(context.plan, guest)));
      const admitted = await admittedBeyond(context, hosts);
      const findings: Findings = { ...added, hosts, flows, admitted, ...(await silencedPairs(context)) };
      return await judgeCapacity(context, findings);
    } finally {
      await context.guests.remove(added.guests);
    }
  },
};

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

async function orRefusal<T>(adding: Promise<T>): Promise<T | AddressError> {
  try {
    return await adding;
  } catch (error) {
    if (error instanceof AddressError) return error;
    throw error;
  }
}

function hasLast({ cluster }: Plan, name: string): boolean {
  const host = cluster.hosts.find((one) => one.name === name);
  const last = host === undefined ? undefined : sliceRange(host.slice).last?.text;
  return host?.containers.some(({ ipv4 }) => ipv4 === last) ?? false;
}

/** From a container of another host and back, where there is one. */
function flowsOf(plan: Plan, guest: Endpoint): readonly FlowRequest[] {
  const peer = peerOf(plan, guest);
  if (peer === undefined) return [];
  const protocols = ['icmp', 'tcp'] as const;
  return commonFamilies(guest, peer).flatMap((family) =>
    protocols.flatMap((protocol) => [
      { from: peer, to: guest, protocol, family },
      { from: guest, to: peer, protocol, family },
    ]),
  );
}

function peerOf(plan: Plan, guest: Endpoint): Endpoint | undefined {
  const others = [...containersByHost(plan)].filter(([host]) => host !== guest.host);
  const [other] = others.flatMap(([, containers]) => containers);
  return other ?? plan.endpoints.find(({ role }) => role === 'container' || role === 'host');
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

/**
 * Existing containers that no longer reach the first one of the next host. Not by `flows`, which remembers what it measured
 * before the slices were full.
 */
async function silencedPairs({ plan, lab, signal }: CheckContext): Promise<Pick<Findings, 'silenced' | 'overflowed'>> {
  const firsts = [...containersByHost(plan).values()].flatMap(([first]) => first ?? []).slice(0, MOST_HOSTS);
  if (firsts.length < 2) return { silenced: [], overflowed: false };
  const pairs = firsts.map((from, index) => [from, firsts[(index + 1) % firsts.length] as Endpoint] as const);
  const window = await lab.neighbourTable.window(async () => await lostPairs(lab, pairs, signal), signal);
  return { silenced: window.value, overflowed: window.overflowed && window.value.length > 0 };
}

/** One datagram may get lost in a queue: only a pair that is silent at every try counts. */
async function lostPairs(
  lab: CheckContext['lab'],
  pairs: ReadonlyArray<readonly [Endpoint, Endpoint]>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const probes = new DatagramProbes(lab, 'ipv4');
  try {
    let lost = pairs.map(([from, to]) => probes.fire(from, to, SMALL_BYTES));
    for (let tries = 1; ; tries += 1) {
      await patiently(() => lost.every(hasArrived), ARRIVAL_MS, signal);
      lost = lost.filter((shot) => !hasArrived(shot));
      if (lost.length === 0 || tries === TRIES) break;
      for (const shot of lost) {
        // A node that has asked for a MAC address in vain would ask again only after 1 s (RETRANS_TIME, net/ipv4/arp.c).
        lab.nodes.get(shot.from.node)?.forgetNeighbours([shot.to.ipv4]);
        probes.fireAgain(shot);
      }
    }
    return lost.map(({ from, to }) => `${from.node} -> ${to.node}`);
  } finally {
    probes.close();
  }
}

const hasArrived = ({ ending }: Shot): boolean => ending.kind === 'delivered';
