/** A benchmark while it lasts. */
import type { BenchEvent } from '../result/bench-events.js';
import { forecastLines } from './bench-forecast.js';
import { fitText } from './fit.js';
import { type LiveTask, showTasks } from './live.js';
import { Milestone } from './milestone.js';
import { type Output, writeText } from './output.js';
import { printable } from './style.js';
import { count, formatDuration } from './text.js';
import { waitLinesOfEach } from './waits.js';

export interface BenchReporter {
  onEvent(event: BenchEvent): void;
  /** Called once, last. */
  onEnd(): Promise<void>;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`;

/** Three lines on a terminal, wiped off in the end. */
export function liveBench(terminal: NodeJS.WriteStream): BenchReporter {
  const steps = { build: new Milestone<void>(), measure: new Milestone<void>(), end: new Milestone<void>() };
  const titles: Partial<Record<keyof typeof steps, (text: string) => void>> = {};
  let shown: Promise<void> | undefined;
  let [built, targets] = [0, 0];
  let doing: 'build' | 'measure' = 'build';
  const task = (step: keyof typeof steps, title: string): LiveTask => ({
    title,
    task: async (_, wrapper) => {
      titles[step] = (text) => {
        wrapper.title = printable(`${title}: ${text}`);
      };
      await steps[step].reached;
    },
  });
  return {
    onEvent(event) {
      if (event.type === 'bench-started') {
        targets = event.targets.length;
        tellForecast(terminal, event);
        const end = task('end', 'take down and look for leftovers');
        shown = showTasks([task('build', 'build'), task('measure', 'measure'), end], terminal);
        shown.catch(() => undefined);
      }
      if (event.type === 'target-built') titles.build?.(`${++built} of ${targets}, last ${event.target}`);
      if (event.type === 'sample-started') {
        steps.build.reach();
        doing = 'measure';
        titles.measure?.(sampleText(event));
      }
      if (event.type === 'waiting') titles[doing]?.(`${event.target} waits for ${event.text}`);
      if (event.type === 'teardown-started') for (const step of [steps.build, steps.measure]) step.reach();
      if (event.type === 'bench-ended') for (const step of Object.values(steps)) step.reach();
    },
    async onEnd() {
      for (const step of Object.values(steps)) step.reach();
      await shown;
    },
  };
}

function tellForecast(
  terminal: NodeJS.WriteStream,
  { forecast, budgetMs }: Extract<BenchEvent, { readonly type: 'bench-started' }>,
): void {
  for (const line of forecastLines(forecast, budgetMs))
    void writeText(terminal, `${fitText(printable(line), { width: terminal.columns })}\n`);
}

type SampleStarted = Extract<BenchEvent, { readonly type: 'sample-started' }>;

function sampleText({ round, elapsedMs, budgetMs, target, instrument, pair }: SampleStarted): string {
  const where = round === 0 ? 'warm-up' : `round ${round}`;
  return `${where}, ${seconds(elapsedMs)} of ${seconds(budgetMs)}: ${target} ${instrument} ${pair}`;
}

/** Rounds are short: of every tenth part of the time one line is enough. */
function tenths(): (event: { readonly elapsedMs: number; readonly budgetMs: number }) => boolean {
  let told = -1;
  return ({ elapsedMs, budgetMs }) => {
    const tenth = Math.floor((10 * elapsedMs) / budgetMs);
    if (tenth === told) return false;
    told = tenth;
    return true;
  };
}

/** A line for each thing that has ended: for pipes and CI logs. */
export function plainBench(output: Output): BenchReporter {
  const isTold = tenths();
  const tellWait = waitLinesOfEach(output);
  const say = (text: string): void => void writeText(output, `netlab: ${printable(text)}\n`);
  return {
    onEvent(event) {
      if (event.type === 'waiting' || event.type === 'waiting-ended') tellWait(event.target, event);
      if (event.type === 'bench-started') for (const line of forecastLines(event.forecast, event.budgetMs)) say(line);
      if (event.type === 'target-built') say(`${event.target}: built in ${formatDuration(event.durationMs)}`);
      if (event.type === 'round-ended' && isTold(event))
        say(
          `${event.round === 0 ? 'warm-up' : count(event.round, 'round')} done, ${seconds(event.elapsedMs)} of ${seconds(event.budgetMs)}`,
        );
    },
    onEnd: () => Promise.resolve(),
  };
}
