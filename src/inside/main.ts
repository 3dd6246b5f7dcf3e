/** Process 1 of a sandbox: builds the lab that it is given and measures it as often as it is asked. */
import { LabError } from '#lab/errors.js';
import { enterSandbox } from '#lab/inside.js';
import { labHandlers } from './handlers.js';

/** What is said here is told to the user: see lab/sandbox/last-words.ts. */
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error instanceof LabError ? error.message : error.stack}\n`);
  process.exit(1);
});

const inside = enterSandbox();
inside.serve(labHandlers(inside));
