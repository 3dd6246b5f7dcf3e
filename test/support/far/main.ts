/** Process 1 of a sandbox, as src/inside/main.ts, in which everything that is measured asks a far end. */
import { enterSandbox, type Inside } from '#lab/inside.js';
import { labHandlers } from '#src/inside/handlers.js';
import { farLab } from './far-lab.js';
import { Wire } from './wire.js';

process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

const inside = enterSandbox();
const wire = new Wire();
const far = farLab(inside.lab, wire);
// Beyond what checks see, the handlers are told of the progress of a build and ask for services that have died.
const lab = { ...far, apply: (states: Parameters<typeof far.apply>[0]) => far.apply(states), deadServices: [] };
const handlers = labHandlers({ ...inside, lab: lab as unknown as Inside['lab'] });
inside.serve({ ...handlers, messages: () => wire.messages });
