import { LabError } from '#lab/errors.js';

/** An address, prefix, MAC or slice that is malformed, does not fit, or is refused. */
export class AddressError extends LabError {}

/** Quotes what was found, short and without control characters, so that a message stays one line. */
export function quoted(found: unknown): string {
  const text = typeof found === 'string' ? found : String(found);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
