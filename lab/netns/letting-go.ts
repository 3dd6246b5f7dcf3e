/**
 * Namespaces that a lab is done with. The kernel takes down whatever has been let go in batches, and until a batch is done
 * whoever changes or asks the network of any namespace waits for it (cleanup_net, net/core/net_namespace.c, under the RTNL):
 * for the small clusters that checks build beside a lab of three hosts that is a third of a second of each verify. So they
 * are held until no other has come for a while. A process that ends lets go of all.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type NetworkNamespace, NoRoomError } from '../kernel/namespace.js';
import { roomHere } from '../room.js';

/** Longer than checks of one verify have nothing to take down. */
const QUIET_MS = 5_000;
/** Some 90 MB of the kernel's memory; but only a small part of the files that a process may have open. */
const MOST_HELD = Math.max(1, Math.min(256, Math.floor(roomHere().openFiles / 64)));

let held: NetworkNamespace[] = [];
let quiet: NodeJS.Timeout | undefined;
let letGoAtMs = Number.NEGATIVE_INFINITY;

/** Lets go of a namespace soon. Whatever reaches out of it must be gone, and nothing in it be running. */
export function letGoSoon(namespace: NetworkNamespace): void {
  held.push(namespace);
  clearTimeout(quiet);
  quiet = setTimeout(letGoOfAll, QUIET_MS).unref();
  if (held.length >= MOST_HELD) letGoOfAll();
}

/** Lets go of all that are held. */
export function letGoOfAll(): void {
  if (held.length > 0) letGoAtMs = performance.now();
  for (const namespace of held) namespace.close();
  held = [];
  clearTimeout(quiet);
}

/** What the kernel has still to take down counts among the namespaces that a user may have: so long it may take for that. */
const TAKEN_DOWN_MS = 10_000;
const ROOM_AGAIN_MS = 20;

/** Makes something that needs a namespace of its own: where a user has as many as allowed, in place of those that are held. */
export async function withRoom<T>(make: () => T): Promise<T> {
  for (;;) {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof NoRoomError)) throw error;
      letGoOfAll();
      if (performance.now() > letGoAtMs + TAKEN_DOWN_MS) throw error;
    }
    await delay(ROOM_AGAIN_MS);
  }
}
