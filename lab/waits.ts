/** Time spent waiting while other labs had what only one lab of the machine can have. */
export interface Waits {
  /** Milliseconds since this lab began, with the present wait. */
  readonly totalMs: number;
  /** Milliseconds of the present wait; 0 when there is none. */
  readonly nowMs: number;
}
