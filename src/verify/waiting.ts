/** Labs wait for one another: that is told, and is no time of the check that waits. */
import type { Lab, LockHolder } from '#lab/lab.js';
import { describeHolder } from '#lab/waits.js';
import type { RunEvent } from '../result/events.js';

const LOOK_MS = 250;
/** Turns of other labs take tenths of a second: only a longer wait is worth a word. */
const WORTH_TELLING_MS = 1000;

type Waiting = Pick<Lab, 'waits'>;

/** Tells for whom the lab waits, also when that changes, and when it goes on. @returns what ends that */
export function announceWaits(lab: Waiting, emit: (event: RunEvent) => void, lookMs = LOOK_MS): () => void {
  let told: string | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    const { nowMs, holder } = await lab.waits();
    const event = nowMs >= WORTH_TELLING_MS ? waitingFor(holder) : undefined;
    if (isOver || event?.text === told) return;
    told = event?.text;
    emit(event ?? { type: 'waiting-ended' });
  };
  const timer = setInterval(() => void look(), lookMs);
  return () => {
    isOver = true;
    clearInterval(timer);
    if (told !== undefined) emit({ type: 'waiting-ended' });
  };
}

function waitingFor(holder: LockHolder | undefined): Extract<RunEvent, { for: 'another lab' }> {
  const text = describeHolder(holder);
  return { type: 'waiting', for: 'another lab', text, ...(holder === undefined ? {} : { holder }) };
}

export interface OwnTime {
  /** Aborted when the lab has spent so much time that it was not waiting for another one. */
  readonly signal: AbortSignal;
  stop(): void;
}

/** @param limitMs how much of its own time the lab may spend from now on */
export function limitOwnTime(lab: Waiting, limitMs: number, lookMs = LOOK_MS): OwnTime {
  const startedMs = performance.now();
  const before = lab.waits();
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    const [{ totalMs: waitedBeforeMs }, { totalMs: waitedMs }] = await Promise.all([before, lab.waits()]);
    const ownMs = performance.now() - startedMs - (waitedMs - waitedBeforeMs);
    if (ownMs >= limitMs) controller.abort();
  };
  const timer = setInterval(() => void look(), Math.min(lookMs, limitMs));
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
