import { getSystemErrorMap } from 'node:util';
import { LabError } from '../errors.js';

/** A system call that the kernel refused. `code` is the errno name, `ENODEV` for instance. */
export class SystemCallError extends LabError {
  readonly code: string;
  readonly errno: number;

  constructor(call: string, errno: number, detail = '') {
    const [code, words] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
    super(`${call}: ${words} (${code})${detail === '' ? '' : `: ${detail}`}`);
    this.code = code;
    this.errno = errno;
  }
}
