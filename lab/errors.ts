/** An error that a user should see as one clear message, without a stack trace. */
export class LabError extends Error {
  /** What the user can do about it. */
  readonly remedy: string | undefined;

  constructor(message: string, options: { readonly cause?: unknown; readonly remedy?: string } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = new.target.name;
    this.remedy = options.remedy;
  }
}

/** What is asked for cannot be, as the lab is now: whoever asks has to ask for something else. Nothing was done. */
export class Refusal extends LabError {}

/** Somebody has not given back for too long what only one lab of the machine can have at a time. */
export class HeldTooLong extends LabError {}
