/** A benchmark: every network's lab up at the same time, measured in turns, taken down, and proved clean. */
import { setMaxListeners } from 'node:events';
import { missingRequirements, type Requirement } from '#lab/capabilities.js';
import { LabError } from '#lab/errors.js';
import { type LeakProof, type MachineSnapshot, snapshotMachine } from '#lab/machine.js';
import type { BenchMachine, BenchResult } from '../result/bench.js';
import type { InstrumentName } from '../result/bench-metrics.js';
import { BenchLab } from './bench-lab.js';
import { assembleBench } from './bench-assembly.js';
import type { BenchOptions } from './bench-options.js';
import { agendaOf } from './forecast.js';
import { benchPrograms } from './programs.js';
import { Recording } from './recording.js';
import { type RoundsReport, runRounds } from './rounds.js';
import { type Subject, type Target, targetsOf } from './target.js';

export type { BenchOptions } from './bench-options.js';

/** What is known so far. */
interface Progress {
  rounds: RoundsReport;
  machine: BenchMachine;
  failure?: BenchResult['failure'];
  leaks: Record<string, LeakProof>;
}

/**
 * Labs stay up from the first round to the last, and are not built anew for each: so a round is short, there are many of
 * them, and what is compared lies seconds apart. What chance decided when a lab was built stays in it, which is why the
 * honesty script measures A against A between labs.
 * @returns the document, also of a benchmark that failed or was stopped
 */
export async function runBench(subjects: readonly Subject[], options: BenchOptions): Promise<BenchResult> {
  setMaxListeners(0, options.stop, options.kill);
  const startedAt = new Date();
  const targets = targetsOf(subjects, options.pairs);
  const { passes, groups, every, forecast } = agendaOf(targets, options);
  const recording = new Recording(groups);
  const progress: Progress = {
    rounds: { rounds: 0, measuringMs: 0, stealShare: 0 },
    machine: { processor: '', offloads: {}, congestionControl: '' },
    leaks: {},
  };
  const { budgetMs } = options;
  options.emit({ type: 'bench-started', targets: targets.map(({ name }) => name), budgetMs, forecast });
  try {
    await demandPrograms(targets, options.instruments);
    await withLabs(targets, options, progress, async (labs) => {
      progress.machine = (await labs.get('wire')?.machine({ node: 'w1', link: 'eth0' })) ?? progress.machine;
      progress.rounds = await runRounds({ ...options, every, labs, groups, recording });
    });
  } catch (error) {
    if (!options.stop.aborted) progress.failure = describeFailure(error);
  }
  const result = await assembleBench({ startedAt, targets, recording, passes, forecast, options, ...progress });
  options.emit({ type: 'bench-ended', result });
  return result;
}

/** @throws LabError before anything is built, with what to install */
async function demandPrograms(targets: readonly Target[], instruments: readonly InstrumentName[]): Promise<void> {
  const wanted = [...instruments.flatMap((name) => benchPrograms[name]), ...targets.flatMap(requiredBy)];
  const missing = await missingRequirements([...new Set(wanted)]);
  if (missing.length === 0) return;
  const lines = [...new Set(missing.map(({ requirement, detail }) => `  ${requirement}: ${detail}`))];
  throw new LabError(`this benchmark needs what this machine does not have:\n${lines.join('\n')}`, {
    remedy: [...new Set(missing.map(({ remedy }) => remedy))].join('\n'),
  });
}

const requiredBy = ({ plan }: Target): readonly Requirement[] =>
  (plan?.requirements ?? []).filter((one) => one.kind !== 'binary' || one.optional !== true);

/** Opens and builds all labs, lets `work` use them, and takes down whatever has been opened. */
async function withLabs(
  targets: readonly Target[],
  { stop, kill, emit, prepare }: BenchOptions,
  progress: Progress,
  work: (labs: ReadonlyMap<string, BenchLab>) => Promise<void>,
): Promise<void> {
  const before = await snapshotMachine();
  const opened: BenchLab[] = [];
  const killAll = (): void => {
    for (const lab of opened) lab.kill();
  };
  kill.addEventListener('abort', killAll, { once: true });
  const open = async (target: Target): Promise<void> => {
    const startedMs = performance.now();
    const lab = await BenchLab.open(target, emit);
    opened.push(lab);
    if (kill.aborted) lab.kill();
    stop.throwIfAborted();
    await lab.build(stop);
    emit({ type: 'target-built', target: target.name, durationMs: performance.now() - startedMs });
  };
  try {
    demandAll(await Promise.allSettled(targets.map(open)));
    // When all are built: what is measured here would otherwise be measured on a busy machine.
    for (const lab of opened) await prepare?.(lab);
    await work(new Map(opened.map((lab) => [lab.target.name, lab])));
  } finally {
    emit({ type: 'teardown-started' });
    progress.leaks = await takeAllDown(opened, before);
  }
}

/** @throws the first reason */
function demandAll(results: ReadonlyArray<PromiseSettledResult<void>>): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function takeAllDown(labs: readonly BenchLab[], before: MachineSnapshot): Promise<Record<string, LeakProof>> {
  const proofs = await Promise.all(labs.map(async (lab) => [lab.target.name, await lab.takeDown(before)] as const));
  return Object.fromEntries(proofs);
}

function describeFailure(error: unknown): NonNullable<BenchResult['failure']> {
  if (!(error instanceof LabError)) throw error;
  return { message: error.message, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}
