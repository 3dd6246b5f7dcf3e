/** Live progress of a run on a terminal. */
import type { PromiseName } from '../declaration/promise.js';
import type { Reporter, RunEvent } from '../result/events.js';
import type { Phase, PromiseResult } from '../result/result.js';
import { type LiveTask, showTasks } from './live.js';
import { Milestone } from './milestone.js';

type PhaseName = Phase['name'];
type Started = Extract<RunEvent, { type: 'run-started' }>;

const titles: Readonly<Record<PhaseName, string>> = {
  plan: 'plan',
  sandbox: 'open the sandbox',
  build: 'build the lab',
  break: 'break what the scenario wants broken',
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
  /** Whoever waits does so in the phase that began last. */
  #phase: PhaseName = 'verify';

  constructor(phases: readonly PhaseName[], started: Started) {
    for (const phase of phases) this.phases.set(phase, new Milestone());
    for (const promise of started.promises) this.judgements.set(promise, new Milestone());
  }

  take(event: RunEvent): void {
    if (event.type === 'phase-started') this.#phase = event.phase;
    if (event.type === 'phase-ended') this.phases.get(event.phase)?.reach();
    if (event.type === 'build-progress') this.says.get('build')?.(`${event.done} of ${event.total} nodes`);
    if (event.type === 'waiting') this.says.get(this.#phase)?.(`waiting for ${event.text}`);
    if (event.type === 'waiting-ended') this.says.get(this.#phase)?.('');
    if (event.type === 'promise-judged') this.judgements.get(event.result.promise)?.reach(event.result);
  }

  /** A run that was cut short reaches no further milestone by itself. */
  end(): void {
    for (const phase of this.phases.values()) phase.reach();
    for (const judgement of this.judgements.values()) judgement.reach(undefined);
  }
}

/** A tick for what came out as declared; what is not verified is shown as skipped, never as done. */
function judgementTask(title: PromiseName, judgement: Milestone<PromiseResult | undefined>): LiveTask {
  return {
    title,
    async task(_, wrapper) {
      const cell = (await judgement.reached)?.cell ?? 'unverified';
      const text = cell === 'kept' ? title : `${title}: ${cell}`;
      if (cell === 'BROKEN') throw new Error(text);
      wrapper.title = text;
      if (cell === 'unverified' || cell === 'not applicable') wrapper.skip(text);
    },
  };
}

function phaseTask(board: Board, phase: PhaseName, milestone: Milestone<void>): LiveTask {
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

/** Shows the board until every milestone is reached. */
function show(board: Board, terminal: NodeJS.WriteStream): Promise<void> {
  return showTasks(
    [...board.phases].map(([phase, milestone]) => phaseTask(board, phase, milestone)),
    terminal,
  );
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
