/** Live progress on a terminal. The only importer of listr2, which is loaded when the first run needs it. */
import type { ListrTask } from 'listr2';
import type { PromiseName } from '../promise/promise.js';
import type { Reporter, RunEvent } from '../result/events.js';
import type { Phase, PromiseResult } from '../result/result.js';
import { Milestone } from './milestone.js';
import { guardBrokenPipe } from './output.js';

type PhaseName = Phase['name'];
type Started = Extract<RunEvent, { type: 'run-started' }>;

const titles: Readonly<Record<PhaseName, string>> = {
  plan: 'plan',
  sandbox: 'open the sandbox',
  build: 'build the lab',
  converge: 'wait until it forwards',
  verify: 'measure the promises',
  teardown: 'take it down and look for leftovers',
};

/** The run as milestones that events reach and tasks wait for. */
class Board {
  readonly phases = new Map<PhaseName, Milestone<void>>();
  /** Reached without a result when the run ends before the promise is judged. */
  readonly judgements = new Map<PromiseName, Milestone<PromiseResult | undefined>>();
  /** Shows a line below a phase that is under way. */
  readonly says = new Map<PhaseName, (text: string) => void>();

  constructor(phases: readonly PhaseName[], started: Started) {
    for (const phase of phases) this.phases.set(phase, new Milestone());
    for (const promise of started.promises) this.judgements.set(promise, new Milestone());
  }

  take(event: RunEvent): void {
    if (event.type === 'phase-ended') this.phases.get(event.phase)?.reach();
    if (event.type === 'build-progress') this.says.get('build')?.(`${event.done} of ${event.total} nodes`);
    if (event.type === 'waiting') this.says.get('verify')?.(`waiting for ${event.for}`);
    if (event.type === 'waiting-ended') this.says.get('verify')?.('');
    if (event.type === 'promise-judged') this.judgements.get(event.result.promise)?.reach(event.result);
  }

  /** A run that was cut short reaches no further milestone by itself. */
  end(): void {
    for (const phase of this.phases.values()) phase.reach();
    for (const judgement of this.judgements.values()) judgement.reach(undefined);
  }
}

/** A tick for what came out as declared; what is not verified is shown as skipped, never as done. */
function judgementTask(title: PromiseName, judgement: Milestone<PromiseResult | undefined>): ListrTask {
  return {
    title,
    async task(_, wrapper) {
      const cell = (await judgement.reached)?.cell ?? 'unverified';
      const text = cell === 'kept' ? title : `${title}: ${cell}`;
      if (cell === 'BROKEN') throw new Error(text);
      wrapper.title = text;
      if (cell === 'unverified') wrapper.skip(text);
    },
  };
}

function phaseTask(board: Board, phase: PhaseName, milestone: Milestone<void>): ListrTask {
  return {
    title: titles[phase],
    task: (_, wrapper) => {
      board.says.set(phase, (text) => {
        wrapper.output = text;
      });
      if (phase !== 'verify') return milestone.reached;
      // The lines below this one are taken: what it says goes into its title.
      board.says.set(phase, (text) => {
        wrapper.title = text === '' ? titles.verify : `${titles.verify} (${text})`;
      });
      return wrapper.newListr(
        [...board.judgements].map(([promise, judgement]) => judgementTask(promise, judgement)),
        { concurrent: true, exitOnError: false },
      );
    },
  };
}

const showCursor = '\u001b[?25h';

/** Shows the board until every milestone is reached, then wipes it off: the report takes its place. */
async function show(board: Board, terminal: NodeJS.WriteStream): Promise<void> {
  const { Listr, ListrLogger, ProcessOutput } = await import('listr2');
  guardBrokenPipe(terminal);
  const giveBack = (): void => void terminal.write(showCursor);
  process.once('exit', giveBack);
  const logger = new ListrLogger({ processOutput: new ProcessOutput(terminal, terminal) });
  const tasks = [...board.phases].map(([phase, milestone]) => phaseTask(board, phase, milestone));
  await new Listr(tasks, {
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

/**
 * Shows a run while it lasts.
 * @param terminal a TTY
 * @param phases those that the command goes through, in order
 */
export function progressReporter(terminal: NodeJS.WriteStream, phases: readonly PhaseName[]): Reporter {
  let board: Board | undefined;
  let shown: Promise<void> | undefined;
  return {
    onEvent(event) {
      if (event.type === 'run-started') {
        board = new Board(phases, event);
        shown = show(board, terminal);
        // Told of by onEnd; until then it must not count as unhandled.
        shown.catch(() => undefined);
      }
      board?.take(event);
    },
    async onEnd() {
      board?.end();
      await shown;
    },
  };
}
