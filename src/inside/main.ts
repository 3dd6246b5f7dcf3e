/** Process 1 of a sandbox: builds the lab that it is given and measures it as often as it is asked. */
import { enterSandbox } from '#lab/inside.js';
import { labHandlers } from './handlers.js';

const inside = enterSandbox();
inside.serve(labHandlers(inside));
