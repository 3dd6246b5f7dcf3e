import { LabError } from '#lab/errors.js';
import { exitCodes } from '../result/exit-code.js';

/** The command line asks for something that cannot be: exit code 2. */
export class UsageError extends LabError {
  readonly exitCode = exitCodes.usage;
}
