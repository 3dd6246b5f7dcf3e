import type { Lab } from '#lab/lab.js';
import { portsSettled } from '../checks/spanning-tree.js';
import type { Container } from '../cluster/cluster.js';
import { attachGuest, type Guest } from '../plan/attach-guest.js';
import type { Plan } from '../plan/plan.js';
import type { GuestRequest, Guests } from './guests.js';

export interface LiveGuests extends Guests {
  /** Removes every guest that is still there. */
  clear(): Promise<void>;
}

/** Guests of a running lab: named h1g1, h1g2, ... after their host. Checks that run at the same time may all use them. */
export function liveGuests(plan: Plan, lab: Lab, signal: AbortSignal = new AbortController().signal): LiveGuests {
  const live = new Map<string, Container>();
  const changing = inTurn();
  const remove = async (names: readonly string[]): Promise<void> => {
    const present = names.filter((name) => lab.nodes.has(name));
    await changing(() => lab.remove(present));
    for (const name of names) live.delete(name);
  };
  return {
    async add(requests) {
      const guests = attachAll(plan, lab, live, requests);
      try {
        await changing(() => lab.apply(guests.flatMap(({ states }) => states)));
      } catch (error) {
        await remove(guests.map(({ container }) => container.name));
        throw error;
      }
      await portsSettled(lab, signal);
      return guests.map(({ endpoint }) => endpoint);
    },
    remove: async (guests) => await remove(guests.map(({ node }) => node)),
    clear: async () => await remove([...live.keys()]),
  };
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
