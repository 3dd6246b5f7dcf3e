/** Text in a scenario file that has to pass a test of its own. */
import { z } from 'zod';
import { describeValue } from './problem.js';

/** Names become namespace, file and DNS names, so nothing that a shell, a path or a terminal would read differently. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const nameRule = '1 to 63 letters, digits, "-", "_" or ".", the first one a letter or digit';

/** Text that passes a test which returns what is wrong with it, or nothing. */
export function text(problemOf: (found: string) => string | undefined) {
  return z.string().superRefine((found, context) => {
    const problem = problemOf(found);
    if (problem === undefined) return;
    const quoted = describeValue(found);
    context.addIssue({ code: 'custom', message: problem.startsWith(quoted) ? problem : `found ${quoted}; ${problem}` });
  });
}

export const name = text((found) => (namePattern.test(found) ? undefined : `a name has ${nameRule}`)).meta({
  pattern: namePattern.source,
});
