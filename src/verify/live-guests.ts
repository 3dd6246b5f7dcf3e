import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { openAll } from '#lab/sockets.js';
import { tryBroadcast } from '../probes/broadcast.js';
import { observedLink } from '../probes/observed-link.js';
import { patiently } from '../probes/patience.js';
import { overdueNodes } from '../probes/overdue-ports.js';
import { portsSettled, undecidedPorts } from '../probes/spanning-tree.js';
import { AddressError, isUnspecified } from '../address/ip.js';
import type { Container } from '../cluster/cluster.js';
import { attachGuest, type Guest } from '../plan/attach-guest.js';
import type { Endpoint, Plan } from '../plan/plan.js';
import type { GuestRequest, Guests } from '../check/guests.js';
import { awaitLeases } from '../readiness/leased.js';

/** The kernel's worker may hold itself back for 1 s (net/core/link_watch.c). */
const ACTIVATION_MS = 1500;

export interface LiveGuests extends Guests {
  /** Removes every guest that is still there; from now on none is added. */
  clear(): Promise<void>;
}

/** Guests of a running lab: named h1g1, h1g2, ... after their host. Checks that run at the same time may all use them. */
export function liveGuests(plan: Plan, lab: Lab, signal: AbortSignal = new AbortController().signal): LiveGuests {
  const live = new Map<string, Container>();
  const changing = inTurn();
  let isOver = false;
  const remove = async (names: readonly string[]): Promise<void> => {
    // Which of them are there is known only in its turn: a check that was stopped may be adding or removing the same ones.
    await changing(async () => await lab.remove(names.filter((name) => lab.nodes.has(name))));
    for (const name of names) live.delete(name);
  };
  return {
    async add(requests, unleased = 'refuse all') {
      if (isOver) throw new LabError('the verify is over: no guest is added any more');
      const guests = attachAll(plan, lab, live, requests);
      try {
        await changing(() => lab.apply(guests.flatMap(({ states }) => states)));
      } catch (error) {
        await remove(guests.map(({ container }) => container.name));
        throw error;
      }
      const planned = guests.map(({ endpoint }) => endpoint);
      await canSend(lab, planned, signal);
      await portsSettled(lab, signal);
      const endpoints = await leasedInTime(lab, planned, signal);
      const refused = endpoints.filter(({ ipv4 }) => isUnspecified(ipv4)).map(({ node }) => node);
      if (refused.length === 0) return endpoints;
      await remove(unleased === 'leave out' ? refused : endpoints.map(({ node }) => node));
      if (unleased === 'leave out') return endpoints.filter(({ node }) => !refused.includes(node));
      throw new AddressError(`${refused.join(', ')} got no lease`);
    },
    remove: async (guests) => await remove(guests.map(({ node }) => node)),
    clear: async () => {
      isOver = true;
      await remove([...live.keys()]);
    },
  };
}

/**
 * Waits until the interfaces send. The end of a cable that came up before the other one drops everything until a worker of
 * the kernel has noticed its carrier (dev_activate, net/sched/sch_generic.c); on a busy machine that takes its time.
 */
async function canSend(lab: Lab, guests: readonly Endpoint[], signal: AbortSignal): Promise<void> {
  const sockets = await openAll(guests, ({ node }) => lab.node(node).sockets.udp({ family: 'ipv4' }));
  const idle = sockets.map((socket, index) => ({ guest: guests[index] as Endpoint, socket }));
  const send = async (): Promise<boolean> => {
    const links = await Promise.all(idle.map(({ guest }) => observedLink(lab, guest)));
    const waiting = idle.flatMap(({ socket }, index) => {
      const link = links[index];
      return link === undefined || link.txPackets > 0 ? [] : [{ socket, link }];
    });
    for (const { socket, link } of waiting) tryBroadcast(socket, link.addresses);
    return waiting.length === 0;
  };
  try {
    await patiently(send, ACTIVATION_MS, signal);
  } finally {
    for (const { socket } of idle) socket.close();
  }
}

/** Behind a port that is not going to forward in time no lease is waited for. */
async function leasedInTime(lab: Lab, guests: readonly Endpoint[], signal: AbortSignal): Promise<readonly Endpoint[]> {
  const late = overdueNodes(lab);
  const held = late.size === 0 ? [] : (await undecidedPorts(lab)).map(({ node }) => node);
  const isHeld = ({ host = '' }: Endpoint): boolean => late.has(host) && held.includes(host);
  const given = await awaitLeases(
    lab,
    guests.filter((guest) => !isHeld(guest)),
    signal,
  );
  const known = new Map(given.map((guest) => [guest.node, guest]));
  return guests.map((guest) => known.get(guest.node) ?? guest);
}

/** Reserves the addresses of all guests at once, or of none. @throws AddressError */
function attachAll(
  plan: Plan,
  lab: Lab,
  live: Map<string, Container>,
  requests: readonly GuestRequest[],
): readonly Guest[] {
  const guests: Guest[] = [];
  for (const request of requests) {
    const taken = [...live.values(), ...guests.map(({ container }) => container)];
    const name = freeName(request.host, new Set([...lab.nodes.keys(), ...taken.map((container) => container.name)]));
    guests.push(attachGuest(plan, { ...request, name }, taken));
  }
  for (const { container } of guests) live.set(container.name, container);
  return guests;
}

function freeName(host: string, taken: ReadonlySet<string>): string {
  let number = 1;
  while (taken.has(`${host}g${number}`)) number += 1;
  return `${host}g${number}`;
}

/** Runs works one after the other: the lab is changed by one at a time. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return async (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return await turn;
  };
}
