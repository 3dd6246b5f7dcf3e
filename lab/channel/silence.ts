/** Whether the other side of a channel still lives while it is asked for something. */

const TICK_MS = 1_000;
/** Nothing but a stopped process is silent for so many ticks: thousands of nodes at once keep one busy for seconds. */
const SILENT_TICKS = 30;
/** A process that is known to be stopped says nothing however long one waits; nor does who wants to leave want to wait. */
const SHORT_TICKS = 3;
/** Who is told to stop, and lives, may take so long to end what it does. */
const ENDING_TICKS = 60;

export interface SilenceParts {
  /** Asks for a sign of life. */
  readonly ping: () => void;
  /** Whether the other side is known to be stopped. */
  readonly isStopped: () => boolean;
  readonly onSilence: () => void;
}

/**
 * Asks once a second for a sign of life, and gives up when none comes. Counts ticks, not time: who was stopped itself
 * (Ctrl-Z, a laptop asleep) has not waited meanwhile.
 */
export class SilenceWatch {
  readonly #parts: SilenceParts;
  #timer: NodeJS.Timeout | undefined;
  #silentTicks = 0;
  /** Since the other side was told to stop. */
  #endingTicks: number | undefined;

  constructor(parts: SilenceParts) {
    this.#parts = parts;
  }

  /** From now on something is awaited. */
  begin(): void {
    if (this.#timer !== undefined) return;
    this.#silentTicks = 0;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Nothing is awaited any more. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#endingTicks = undefined;
  }

  heard(): void {
    this.#silentTicks = 0;
  }

  /** The other side was told to stop. */
  hurry(): void {
    this.#endingTicks ??= 0;
  }

  #tick(): void {
    this.#silentTicks += 1;
    if (this.#endingTicks !== undefined) this.#endingTicks += 1;
    const isShort = this.#endingTicks !== undefined || this.#parts.isStopped();
    const isOver =
      this.#silentTicks > (isShort ? SHORT_TICKS : SILENT_TICKS) || (this.#endingTicks ?? 0) > ENDING_TICKS;
    if (isOver) this.#parts.onSilence();
    else this.#parts.ping();
  }
}
