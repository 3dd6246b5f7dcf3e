import { UsageError } from './usage-error.js';

/** Argument parsers for commander: `--count 10`, `--seconds 2.5`. They throw UsageError. */
export const positiveInteger =
  (option: string) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number > 0) return number;
    throw new UsageError(`${option} needs a whole number of at least 1, not ${JSON.stringify(text)}`);
  };

export const positiveNumber =
  (option: string) =>
  (text: string): number => {
    const number = Number(text);
    if (/^\d*\.?\d+$/.test(text) && Number.isFinite(number) && number > 0) return number;
    throw new UsageError(`${option} needs a number above 0, not ${JSON.stringify(text)}`);
  };
