/** A comparison while it lasts: a line for each run, with what it is doing. */
import type { ComparisonEvent } from '../result/events.js';
import { exitCodes } from '../result/exit-code.js';
import type { RunResult } from '../result/result.js';
import { type LiveTask, showTasks } from './live.js';
import { Milestone } from './milestone.js';
import { type Output, writeText } from './output.js';
import { printable } from './style.js';
import { durationOf, wasBuilt } from './comparison-model.js';
import { count, formatDuration } from './text.js';
import { waitLinesOfEach } from './waits.js';

/** What renders a comparison. */
export interface ComparisonReporter {
  onEvent(event: ComparisonEvent): void;
  /** It was asked to stop, and goes on until all is taken down. */
  onStop?(): void;
  /** Called once, last. */
  onEnd(): Promise<void>;
}

interface Row {
  readonly ended: Milestone<RunResult | undefined>;
  says: (text: string) => void;
  measured: number;
  /** What it is doing, in words. */
  does: string;
  isEnded: boolean;
}

const phaseWords = {
  plan: 'plans',
  sandbox: 'opens its sandbox',
  build: 'builds',
  break: 'breaks what its scenario wants',
  converge: 'waits until it forwards',
  verify: 'measures',
  teardown: 'is taken down',
} as const;

/** What became of a run, in a few words. */
function outcomeText(name: string, result: RunResult): string {
  const kept = result.promises.filter(({ cell }) => cell === 'kept').length;
  const broken = result.promises.filter(({ cell }) => cell === 'BROKEN').length;
  if (!wasBuilt(result)) return `${name}: not built`;
  if (result.exitCode === exitCodes.interrupted) return `${name}: stopped`;
  const parts = [`${kept} kept`, ...(broken === 0 ? [] : [`${broken} BROKEN`]), `exit ${result.exitCode}`];
  return `${name}: ${parts.join(', ')}, ${formatDuration(durationOf(result))}`;
}

function taskOf(name: string, row: Row): LiveTask {
  return {
    title: `${name}: waits for its turn`,
    async task(_, wrapper) {
      row.says = (text) => {
        wrapper.title = `${name}: ${text}`;
      };
      const result = await row.ended.reached;
      if (result === undefined) return wrapper.skip(name);
      const text = printable(outcomeText(name, result));
      if (result.exitCode === exitCodes.broken || result.exitCode === exitCodes.failed) throw new Error(text);
      wrapper.title = text;
    },
  };
}

/** Shows all runs side by side on a terminal, and wipes them off in the end. */
export function liveComparison(terminal: NodeJS.WriteStream): ComparisonReporter {
  const rows = new Map<string, Row>();
  let shown: Promise<void> | undefined;
  return {
    onEvent(event) {
      if (event.type === 'comparison-started') {
        for (const { name } of event.runs)
          rows.set(name, { ended: new Milestone(), says: () => undefined, measured: 0, does: '', isEnded: false });
        shown = showTasks(
          [...rows].map(([name, row]) => taskOf(printable(name), row)),
          terminal,
          true,
        );
        shown.catch(() => undefined);
      } else if (event.type !== 'comparison-ended') tellRow(rows.get(event.run), event);
    },
    onStop() {
      const left = [...rows.values()].filter(({ isEnded }) => !isEnded);
      for (const [index, { says }] of left.entries())
        says(index === 0 ? 'stops; Ctrl-C once more to do it at once' : 'stops');
    },
    async onEnd() {
      for (const { ended } of rows.values()) ended.reach(undefined);
      await shown;
    },
  };
}

function tellRow(row: Row | undefined, event: Extract<ComparisonEvent, { readonly run: string }>): void {
  if (row === undefined) return;
  if (event.type === 'phase-started') {
    row.does = phaseWords[event.phase];
    row.says(row.does);
  }
  if (event.type === 'waiting') row.says(printable(`${row.does}, waiting for ${event.text}`));
  if (event.type === 'waiting-ended') row.says(row.does);
  if (event.type === 'check-ended') {
    row.measured += 1;
    row.says(`${row.does}: ${count(row.measured, 'promise')}, last ${event.promise}`);
  }
  if (event.type === 'run-ended') {
    row.isEnded = true;
    row.ended.reach(event.result);
  }
}

/** A line for each run that has ended, and for whom one waits long: for pipes and CI logs. */
export function plainComparison(output: Output): ComparisonReporter {
  const tellWait = waitLinesOfEach(output);
  return {
    onEvent(event) {
      if ('run' in event) tellWait(event.run, event);
      if (event.type === 'run-ended')
        void writeText(output, `netlab: ${printable(outcomeText(event.run, event.result))}\n`);
    },
    onEnd: () => Promise.resolve(),
  };
}
