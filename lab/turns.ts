/** Turns at what only one lab of the machine may have at one time: asked for, waited for, given back. */
import type { Family } from './sockets.js';
import { unlessFailed } from './stray-errors.js';
import { unlessAborted } from './unless-aborted.js';

/** A turn that was asked for. Whoever asked ends it, whether it has begun or not. */
export interface Turn<Begun, Ended> {
  /** Answers when it has come. @throws HeldTooLong when nobody gives way */
  begun(): Promise<Begun>;
  /** Gives it back; one that has not begun is waited for no longer, and `undefined` answers. */
  end(): Promise<Ended | undefined>;
}

/** Whose turn at measuring it is. */
export interface MachineTurn {
  /** Whether no other user's lab has it, too: one that does not give way soon is not waited for. */
  readonly isAlone: boolean;
}

/** How many neighbour entries a window may make live at one time, in each family. */
export type WindowRoom = Readonly<Record<Family, number>>;

export interface NeighbourWindow<T> {
  readonly value: T;
  /** A table was full at some moment: what was lost then says nothing about the network. */
  readonly overflowed: boolean;
}

export interface NeighbourTable {
  /** Asks that no other lab on this machine fills the tables: see {@link inWindow}. */
  askForWindow(): Promise<Turn<WindowRoom, Pick<NeighbourWindow<unknown>, 'overflowed'>>>;
  /** How many entries of either family a window may make live, were it opened now: others may be faster. */
  windowEntries(): Promise<number>;
}

/**
 * Runs `work` while no other lab on this machine fills the neighbour tables.
 * @param work gets the number of entries, per family, that it may make live at one time
 * @throws the signal's reason when it aborts first
 */
export async function inWindow<T>(
  { neighbourTable }: { readonly neighbourTable: NeighbourTable },
  work: (room: WindowRoom) => Promise<T>,
  signal: AbortSignal,
): Promise<NeighbourWindow<T>> {
  const { value, ended } = await during(await neighbourTable.askForWindow(), work, signal);
  return { value, overflowed: ended?.overflowed ?? false };
}

/**
 * Runs `work` alone among all labs of this user, and, as far as others give way soon, alone on the machine.
 * @param work is told whether it is alone: what is measured beside another user's measurement is no evidence of a failure
 * @throws HeldTooLong when another lab of this user does not give way; the signal's reason when it aborts first
 */
export async function exclusively<T>(
  lab: { askForMachine(): Promise<Turn<MachineTurn, null>> },
  work: (isAlone: boolean) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  return (await during(await lab.askForMachine(), ({ isAlone }) => work(isAlone), signal)).value;
}

async function during<Begun, Ended, T>(
  turn: Turn<Begun, Ended>,
  work: (begun: Begun) => Promise<T>,
  signal: AbortSignal,
): Promise<{ value: T; ended: Ended | undefined }> {
  let value: T;
  try {
    signal.throwIfAborted();
    const begun = await unlessAborted(turn.begun(), signal);
    value = await unlessFailed(() => work(begun));
  } catch (error) {
    await turn.end();
    throw error;
  }
  return { value, ended: await turn.end() };
}
