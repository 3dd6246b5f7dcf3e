import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import type { Lab } from '#lab/lab.js';
import type { NodeState } from '#lab/state.js';
import { liveGuests } from '#src/verify/live-guests.js';
import { plan } from '../plan/plans.js';

/** A lab that only keeps names, takes its time, and refuses to remove what is not there, as the real one does. */
function nameLab(names: Set<string>): Lab {
  return {
    nodes: { has: (name: string) => names.has(name), keys: () => names.keys() },
    apply: async (states: readonly NodeState[]) => {
      await nextTurn();
      for (const { name } of states) names.add(name);
    },
    remove: async (gone: readonly string[]) => {
      await nextTurn();
      for (const name of gone) if (!names.delete(name)) throw new Error(`there is no node ${name}`);
    },
    node: () => ({ observe: () => ({ links: [] }), sockets: { udp: () => ({ close: () => undefined }) } }),
  } as unknown as Lab;
}

const request = { host: 'h1', address: 'next' } as const;

test('a check that was stopped and the end of the verify may remove the same guest', async (t) => {
  const names = new Set(['h1']);
  const guests = liveGuests(plan(), nameLab(names));
  names.add('h1g1');
  const removing = guests.remove([{ node: 'h1g1' } as Parameters<typeof guests.remove>[0][number]]);
  await t.notThrowsAsync(Promise.all([removing, guests.remove([{ node: 'h1g1' } as never]), guests.clear()]));
  t.deepEqual([...names], ['h1']);
});

test('a guest that is just being added when the verify ends goes, too; later ones are refused', async (t) => {
  const names = new Set(['h1']);
  const guests = liveGuests(plan(), nameLab(names));
  const adding = guests.add([request]).catch(() => undefined);
  await guests.clear();
  await adding;
  t.deepEqual([...names], ['h1']);
  await t.throwsAsync(guests.add([request]), { message: /over/ });
});
