/** Time spent waiting while other labs had what only one lab of the machine can have. */
export interface Waits {
  /** Milliseconds since this lab began, with the present wait. */
  readonly totalMs: number;
  /** Milliseconds of the present wait; 0 when there is none. */
  readonly nowMs: number;
  /** Who has what is waited for now, as far as that can be seen: looked up when the wait has lasted for half a second, and then as often. */
  readonly holder?: LockHolder;
}

/** Who has it meanwhile. */
export interface LockHolder {
  /** As this machine numbers it, or the container that netlab runs in. */
  readonly pid: number;
  /** Absent when it is not known: an ordinary user's netlab cannot tell whose a process is that is no netlab. */
  readonly user?: string;
  /** `lab demo`, `run bridge-l2`; absent when it is no netlab. */
  readonly lab?: string;
  /** Name of the program: `node` for a netlab. */
  readonly program?: string;
  /** By a signal (Ctrl-Z, kill -STOP). What a container engine has paused does not look so. */
  readonly stopped: boolean;
  /** It took it and has ended since; who has inherited the descriptor cannot be seen from here. */
  readonly ended?: true;
}

/** `lab demo of alice (process 1234, stopped)` */
export function describeHolder(holder: LockHolder | undefined): string {
  if (holder === undefined) return 'a process that cannot be seen from here';
  const { pid, user, lab, program, stopped, ended } = holder;
  if (ended === true)
    return `a process that cannot be seen from here (it has inherited that from process ${pid}, which has ended)`;
  const name = lab ?? (program === undefined ? 'a process that has ended since' : `${program}, which is no netlab,`);
  return `${name}${user === undefined ? '' : ` of ${user}`} (process ${pid}${stopped ? ', stopped' : ''})`;
}
