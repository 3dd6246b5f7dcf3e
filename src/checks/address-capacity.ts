import { AddressError } from '../address/error.js';
import { parseAddress } from '../address/ip.js';
import { sliceRange } from '../address/slices.js';
import type { Endpoint, Plan } from '../plan/plan.js';
import type { Evidence, Observation } from '../result/result.js';
import type { FlowRequest, FlowResult } from '../verify/flows.js';
import type { Check, CheckContext } from './contract.js';
import { DatagramProbes } from './datagram-probes.js';
import { commonFamilies, containersByHost } from './endpoint-choice.js';
import { locate } from './locate.js';
import { failed, type Measured, overflowed, passed } from './outcome.js';
import { patiently } from './patience.js';
import { counted, enumerate, flowWords } from './words.js';

/** Hosts of which the slice is tried: each costs two namespaces' worth of work. */
const MOST_HOSTS = 32;
const ARRIVAL_MS = 200;
const SMALL_BYTES = 128;
const FOLLOWED = 2;

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
      const admitted = await refusals(context, hosts);
      const silenced = await neighboursOf(context, added.guests);
      if (flows.some(({ overflowed }) => overflowed))
        return overflowed('the flows of the added containers', measured(context.plan, hosts, flows));
      return await judge(context, { ...added, hosts, flows, admitted, silenced });
    } finally {
      await context.guests.remove(added.guests);
    }
  },
};

interface Added {
  readonly guests: readonly Endpoint[];
  /** Hosts whose last address is one of their planned containers' already: others measure that it works. */
  readonly inUse: readonly string[];
  /** Hosts whose last address was refused although none of their containers has it. */
  readonly refused: ReadonlyArray<{ readonly host: string; readonly words: string }>;
}

interface Findings extends Added {
  readonly hosts: readonly string[];
  readonly flows: readonly FlowResult[];
  /** Hosts that gave out an address beyond their last one. */
  readonly admitted: readonly string[];
  /** Existing pairs that lost contact while the slices were full. */
  readonly silenced: readonly string[];
}

async function addLast({ plan, guests }: CheckContext, hosts: readonly string[]): Promise<Added> {
  const found: { guests: Endpoint[]; inUse: string[]; refused: Array<{ host: string; words: string }> } = {
    guests: [],
    inUse: [],
    refused: [],
  };
  for (const host of hosts) {
    try {
      found.guests.push(...(await guests.add([{ host, address: 'last' }])));
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
      if (hasLast(plan, host)) found.inUse.push(host);
      else found.refused.push({ host, words: error.message });
    }
  }
  return found;
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
  const others = [...containersByHost(plan)]
    .filter(([host]) => host !== guest.host)
    .flatMap(([, containers]) => containers);
  return (
    others[0] ??
    plan.endpoints.find(({ role, host }) => role === 'host' || (role === 'container' && host === guest.host))
  );
}

/** Asks each host for one address more than it has. @returns those that gave one */
async function refusals({ guests }: CheckContext, hosts: readonly string[]): Promise<readonly string[]> {
  const admitted: string[] = [];
  for (const host of hosts) {
    try {
      await guests.remove(await guests.add([{ host, address: 'beyond-last' }]));
      admitted.push(host);
    } catch (error) {
      if (!(error instanceof AddressError)) throw error;
    }
  }
  return admitted;
}

/** Existing containers, each with the first of the next host: not by `flows`, which remembers what it measured before. */
async function neighboursOf(
  { plan, lab, signal }: CheckContext,
  guests: readonly Endpoint[],
): Promise<readonly string[]> {
  const firsts = [...containersByHost(plan).values()].map(([first]) => first as Endpoint).slice(0, MOST_HOSTS);
  if (firsts.length < 2 || guests.length === 0) return [];
  const probes = new DatagramProbes(lab, 'ipv4');
  try {
    const shots = firsts.map((from, index) =>
      probes.fire(from, firsts[(index + 1) % firsts.length] as Endpoint, SMALL_BYTES),
    );
    await patiently(() => shots.every(({ ending }) => ending.kind === 'delivered'), ARRIVAL_MS, signal);
    return shots
      .filter(({ ending }) => ending.kind !== 'delivered')
      .map(({ from, to }) => `${from.node} -> ${to.node}`);
  } finally {
    probes.close();
  }
}

async function judge(context: CheckContext, found: Findings) {
  const lost = found.flows.filter(({ delivered }) => !delivered);
  const result = measured(context.plan, found.hosts, found.flows);
  const evidence = [
    ...found.refused.map(
      ({ host, words }): Evidence => ({
        message: `${host} refuses the last address of its slice: ${words}`,
        where: host,
      }),
    ),
    ...(await lostEvidence(context, lost)),
    ...found.admitted.map(
      (host): Evidence => ({
        message: `${host} gave out an address beyond the last one of its slice`,
        where: host,
        expected: 'a refusal',
      }),
    ),
    ...silencedEvidence(found.silenced),
  ];
  return evidence.length === 0 ? passed(result) : failed(result, evidence);
}

function measured(plan: Plan, hosts: readonly string[], flows: readonly FlowResult[]): Measured {
  const slices = plan.cluster.hosts.filter(({ name }) => hosts.includes(name));
  const capacities = slices.map(
    ({ name, slice }): Observation => ({
      name: 'capacity',
      value: sliceRange(slice).capacity,
      subject: `${name} ${slice}`,
    }),
  );
  const reached = flows.filter(({ delivered }) => delivered).length;
  return {
    summary: `the last address of ${counted(slices.length, 'slice')}: ${reached} of ${counted(flows.length, 'flow')} delivered; one more is refused`,
    coverage:
      hosts.length === plan.cluster.hosts.length
        ? `all ${counted(hosts.length, 'slice')}`
        : `${hosts.length} of ${plan.cluster.hosts.length} slices`,
    observations: capacities,
  };
}

/** One entry per added container. */
async function lostEvidence(context: CheckContext, lost: readonly FlowResult[]): Promise<readonly Evidence[]> {
  const byGuest = new Map<string, FlowResult[]>();
  for (const flow of lost) {
    const guest = isPlanned(context.plan, flow.from) ? flow.to : flow.from;
    byGuest.set(guest.node, [...(byGuest.get(guest.node) ?? []), flow]);
  }
  return await Promise.all(
    [...byGuest.values()].map((flows, index) => guestEvidence(context, flows, index < FOLLOWED)),
  );
}

const isPlanned = (plan: Plan, { node }: Endpoint): boolean => plan.endpoints.some((end) => end.node === node);

async function guestEvidence(context: CheckContext, flows: readonly FlowResult[], follow: boolean): Promise<Evidence> {
  const [first] = flows as readonly [FlowResult];
  const guest = isPlanned(context.plan, first.from) ? first.to : first.from;
  const owners = othersWith(context, guest);
  const place = follow && owners.length === 0 ? await locate(context, first) : undefined;
  const where = owners[0] ?? place?.where ?? guest.host;
  const seen = [
    ...(owners.length === 0 ? [] : [`${enumerate(owners)} has ${guest.ipv4} too`]),
    `${counted(flows.length, 'flow')} lost, as ${flowWords(first)}: ${first.problem ?? 'no answer'}`,
    ...(place === undefined ? [] : [place.message]),
  ];
  return {
    message: `a container at ${guest.ipv4}, the last address of ${guest.host}'s slice, does not work`,
    ...(where === undefined ? {} : { where }),
    expected: 'reached from another host, and reaches it',
    seen: seen.join('; '),
  };
}

/** Interfaces of other nodes that have the guest's address, whoever gave it to them. */
function othersWith({ lab }: CheckContext, guest: Endpoint): readonly string[] {
  const wanted = parseAddress(guest.ipv4).text;
  return [...lab.nodes]
    .filter(([node]) => node !== guest.node)
    .flatMap(([node, live]) =>
      live
        .observe()
        .links.filter(({ addresses }) => addresses.some((address) => address.split('/')[0] === wanted))
        .map(({ name }) => `${node}:${name}`),
    );
}

function silencedEvidence(silenced: readonly string[]): readonly Evidence[] {
  if (silenced.length === 0) return [];
  return [
    {
      message: `while the slices were full, existing containers lost contact: ${enumerate(silenced)}`,
      expected: 'nobody is broken',
    },
  ];
}
