/** A run: build the lab in a sandbox, measure it, take it down, prove that nothing is left. */
import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from '#lab/errors.js';
import { HeldNamespaces, type MachineSnapshot, proveClean, snapshotMachine } from '#lab/machine.js';
import { programPath } from '#lab/programs.js';
import { newMark, type Sandbox, startSandbox } from '#lab/sandbox.js';
import type { VerifyReport } from '../inside/requests.js';
import type { Plan } from '../plan/plan.js';
import { type PromiseName, promiseNames } from '../declaration/promise.js';
import type { RunEvent } from '../result/events.js';
import type { LeakProof, RunResult } from '../result/result.js';
import { inTurn, measureBuilt, type Measuring } from './measure-built.js';
import { Phases } from './phases.js';
import { assembleResult } from './result-assembly.js';
import { Turns } from './turns.js';

/** Module that is process 1 of a sandbox. */
export const insideEntry = programPath('inside');
/** How long process 1 may take to end by itself before it is killed; teardown has a budget of its own, whatever came before. */
const STOP_GRACE_MS = 2_000;
/** How long the kernel may take to let go of everything. */
const CLEAN_DEADLINE_MS = 30_000;

export interface RunOptions {
  readonly only?: readonly PromiseName[];
  /** How the scenario was given: see RunResult. */
  readonly given?: readonly string[];
  /** What else was asked for: see RunResult. */
  readonly options?: readonly string[];
  readonly strict: boolean;
  /** First wish to stop: end the measurement, take the lab down, report what there is. */
  readonly stop: AbortSignal;
  /** Second wish: kill at once. Nothing is left then either. */
  readonly kill: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Beside other labs: what keeps a processor busy waits here for its turn; waiting for protocols does not. */
  readonly turns?: Turns;
}

/** What is known of a run so far. */
interface Progress {
  verified?: VerifyReport;
  failure?: RunResult['failure'];
  leaks: LeakProof | null;
}

/** @returns the result, also of a run that failed or was stopped: `failure`, `complete` and `exitCode` tell */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunResult> {
  const { emit } = options;
  const startedAt = new Date();
  const phases = new Phases(emit);
  const progress: Progress = { leaks: null };
  const promises = options.only ?? plan.scenario.only ?? promiseNames;
  emit({ type: 'run-started', scenario: plan.scenario.name, strategy: plan.strategy.name, promises });
  try {
    await buildAndVerify(plan, options, phases, progress);
  } catch (error) {
    if (!options.stop.aborted) progress.failure = describeFailure(error);
  }
  const result = await assembleResult({
    plan,
    ...(options.given === undefined ? {} : { given: options.given }),
    options: options.options ?? [],
    startedAt,
    phases: phases.ended,
    ...progress,
    interrupted: options.stop.aborted,
    strict: options.strict,
  });
  emit({ type: 'run-ended', result });
  return result;
}

async function buildAndVerify(plan: Plan, options: RunOptions, phases: Phases, progress: Progress): Promise<void> {
  const { turns = new Turns(1), only, stop, emit } = options;
  const { nodes } = plan;
  const measuring = { turns, phases, stop, emit, ...(only === undefined ? {} : { only }) };
  const takingDown = async (proof: () => Promise<LeakProof>): Promise<void> => {
    progress.leaks = await phases.run('teardown', proof);
    emit({ type: 'leaks-checked', leaks: progress.leaks });
  };
  const opened = await inTurn(plan, measuring, 'sandbox', () => openSandbox(plan));
  if ('failure' in opened) {
    const { mark, before, failure } = opened;
    await takingDown(() => proveClean({ mark, nodes, before, deadlineMs: CLEAN_DEADLINE_MS }));
    throw failure;
  }
  const { sandbox, before } = opened;
  const kill = (): void => sandbox.kill();
  options.kill.addEventListener('abort', kill, { once: true });
  if (options.kill.aborted) kill();
  try {
    await measureIn(sandbox, plan, { options, progress, measuring });
  } finally {
    await takingDown(() => takeDown(sandbox, before, nodes));
  }
}

interface Course {
  readonly options: RunOptions;
  readonly progress: Progress;
  readonly measuring: Omit<Measuring, 'channel'>;
}

async function measureIn(sandbox: Sandbox, plan: Plan, { options, progress, measuring }: Course): Promise<void> {
  await inTurn(plan, measuring, 'build', async () => await build(sandbox, plan, options));
  progress.verified = await measureBuilt(plan, { ...measuring, channel: sandbox.channel });
}

/** Ends at the first wish to stop: nothing is measured yet that would be worth an orderly end. */
async function build(sandbox: Sandbox, plan: Plan, { stop, emit }: RunOptions): Promise<void> {
  const kill = (): void => sandbox.kill();
  stop.addEventListener('abort', kill, { once: true });
  try {
    await sandbox.channel.call('build', { plan }, { onEvent: emit });
  } finally {
    stop.removeEventListener('abort', kill);
  }
}

type Opened =
  | { readonly sandbox: Sandbox; readonly before: MachineSnapshot }
  /** It did not start; its mark, so that its remains can be looked for. */
  | { readonly mark: string; readonly before: MachineSnapshot; readonly failure: unknown };

/** The look at the machine and the start of the sandbox do not disturb each other. */
async function openSandbox({ scenario }: Plan): Promise<Opened> {
  const mark = newMark();
  const options = { entry: insideEntry, title: `run ${scenario.name}`, mark };
  const [before, sandbox] = await Promise.allSettled([snapshotMachine(), startSandbox(options)]);
  if (before.status === 'fulfilled')
    return sandbox.status === 'fulfilled'
      ? { sandbox: sandbox.value, before: before.value }
      : { mark, before: before.value, failure: sandbox.reason };
  if (sandbox.status === 'fulfilled') sandbox.value.kill();
  throw before.reason;
}

/** Ends a sandbox and looks until nothing of it is left. */
export async function takeDown(
  sandbox: Pick<Sandbox, 'channel' | 'exited' | 'kill' | 'mark'>,
  before: MachineSnapshot,
  nodes: Plan['nodes'],
): Promise<LeakProof> {
  const held = new HeldNamespaces(sandbox.mark);
  void sandbox.channel.call('stop', null).catch(() => undefined);
  const timer = new AbortController();
  const late = delay(STOP_GRACE_MS, undefined, { signal: timer.signal }).then(
    () => sandbox.kill(),
    () => undefined,
  );
  await sandbox.exited;
  timer.abort();
  await late;
  return await proveClean({ mark: sandbox.mark, held, nodes, before, deadlineMs: CLEAN_DEADLINE_MS });
}

function describeFailure(error: unknown): NonNullable<RunResult['failure']> {
  if (!(error instanceof LabError)) throw error;
  return { message: error.message, ...(error.remedy === undefined ? {} : { remedy: error.remedy }) };
}
