/** At most so many pieces of work at once; the others wait. Of those that wait the most urgent goes first, and of equals the one that came first. */
export class Turns {
  #free: number;
  readonly #waiting: { readonly urgency: number; readonly start: () => void }[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @param work may give its turn back before it ends: when it only waits */
  async hold<T>(work: (giveBack: () => void) => Promise<T>, urgency = 0): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((start) => this.#queue({ urgency, start }));
    let isHeld = true;
    const giveBack = (): void => {
      if (isHeld) this.#next();
      isHeld = false;
    };
    try {
      return await work(giveBack);
    } finally {
      giveBack();
    }
  }

  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next.start();
  }

  #queue(one: { readonly urgency: number; readonly start: () => void }): void {
    const place = this.#waiting.findIndex(({ urgency }) => urgency < one.urgency);
    this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, one);
  }
}
