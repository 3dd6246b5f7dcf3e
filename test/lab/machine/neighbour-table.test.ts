import test from 'ava';
import type { NeighbourTableState } from '#lab/kernel/netlink/neighbour-tables.js';
import { MachineNeighbourTable } from '#lab/machine/neighbour-table.js';

const never = new AbortController().signal;

function state(family: 'ipv4' | 'ipv6', limit: number, entries = 0, overflows = 0): NeighbourTableState {
  return { family, limit, entries, overflows };
}

/** A table as the kernel would tell of it, once for each look; the last one for all later ones. */
function tableOf(...looks: ReadonlyArray<readonly NeighbourTableState[]>): MachineNeighbourTable {
  let next = 0;
  return new MachineNeighbourTable(undefined, () => looks[Math.min(next++, looks.length - 1)] ?? []);
}

test('each family has the room that its own table leaves', async (t) => {
  const table = tableOf([state('ipv4', 1024, 24), state('ipv6', 160)]);
  const { value } = await table.window((room) => Promise.resolve(room), never);
  t.deepEqual(value, { ipv4: 937, ipv6: 150 });
  t.is(await table.windowEntries(), 150);
});

test('the room is that of the moment in which the window is open, not of the moment in which it was asked for', async (t) => {
  const entries = { now: 0 };
  const table = new MachineNeighbourTable(undefined, () => [state('ipv4', 1024, entries.now)]);
  const rooms: number[] = [];
  const first = table.window(async (room) => {
    rooms.push(room.ipv4);
    await new Promise(setImmediate);
    entries.now = 512;
  }, never);
  const second = table.window((room) => Promise.resolve(rooms.push(room.ipv4)), never);
  await Promise.all([first, second]);
  t.deepEqual(rooms, [960, 480]);
});

test('a window is never without room, and never so large that other labs wait for long', async (t) => {
  const table = tableOf([state('ipv4', 1024, 1024), state('ipv6', 1_000_000)]);
  const { value } = await table.window((room) => Promise.resolve(room), never);
  t.deepEqual(value, { ipv4: 16, ipv6: 2048 });
});

test('an overflow of either table meanwhile is told; an earlier one is not', async (t) => {
  const before = [state('ipv4', 1024, 0, 5), state('ipv6', 1024, 0, 7)];
  const full = [state('ipv4', 1024, 0, 5), state('ipv6', 1024, 0, 8)];
  const nothing = () => Promise.resolve('done');
  t.deepEqual(await tableOf(before, full).window(nothing, never), { value: 'done', overflowed: true });
  t.deepEqual(await tableOf(before, before).window(nothing, never), { value: 'done', overflowed: false });
});
