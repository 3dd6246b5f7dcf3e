/** Tasks on a terminal while they last. The only importer of listr2, which is loaded when the first one is shown. */
import type { ListrTask } from 'listr2';
import { guardBrokenPipe } from './output.js';

export type LiveTask = ListrTask;

const showCursor = '\u001b[?25h';

/** Shows tasks side by side until all have ended, then wipes them off: the report takes their place. */
export async function showTasks(
  tasks: readonly LiveTask[],
  terminal: NodeJS.WriteStream,
  concurrent = false,
): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  guardBrokenPipe(terminal);
  const giveBack = (): void => void terminal.write(showCursor);
  process.once('exit', giveBack);
  const logger = new ListrLogger({ processOutput: new ProcessOutput(terminal, terminal) });
  await new Listr([...tasks], {
    concurrent,
    exitOnError: false,
    // netlab handles signals itself: listr2's handler would exit with 127 before the lab is gone.
    registerSignalListeners: false,
    rendererOptions: {
      logger,
      clearOutput: true,
      collapseErrors: false,
      showErrorMessage: false,
      collapseSubtasks: false,
    },
  }).run();
  process.off('exit', giveBack);
}
