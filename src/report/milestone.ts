/** A point of a run that is reached once, with what is known then; any number of tasks may wait for it. */
export class Milestone<T> {
  readonly reached: Promise<T>;
  /** Only the first call counts. */
  reach: (value: T) => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.reach = resolve;
    });
  }
}
