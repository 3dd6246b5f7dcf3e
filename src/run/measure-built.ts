/** Measures a lab that has been built. What is measured when is decided here. */
import type { Channel } from '#lab/channel.js';
import type { BreakRequest, VerifyReport, VerifyRequest } from '../inside/requests.js';
import type { Plan } from '../plan/plan.js';
import type { PromiseName } from '../declaration/promise.js';
import type { RunEvent } from '../result/events.js';
import { joined, type Verified } from '../result/verified.js';
import { oneVoice } from './one-voice.js';
import type { Phases } from './phases.js';
import type { Turns } from './turns.js';

export interface Measuring {
  readonly channel: Pick<Channel, 'call'>;
  readonly phases: Phases;
  readonly turns: Turns;
  readonly only?: readonly PromiseName[];
  readonly stop: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/**
 * Waits until the lab forwards, breaks what is wanted broken, and measures. Where protocols take their time, checks that
 * build labs of their own begin while this one still waits for its own: their timers run side by side, in nobody's turn.
 */
export async function measureBuilt(plan: Plan, measuring: Measuring): Promise<VerifyReport> {
  const { channel, phases, stop, emit, only } = measuring;
  const request: VerifyRequest = only === undefined ? {} : { only };
  const hears = oneVoice(emit);
  const call = () => ({ onEvent: hears(), signal: stop });
  const beside = beginsEarly(plan) ? channel.call<Verified>('verify-beside', request, call()) : undefined;
  // When something else fails first, that is told.
  beside?.catch(() => undefined);
  const forwards = async (): Promise<void> => void (await channel.call('converge', null, call()));
  if (plan.convergence !== undefined) await phases.run('converge', forwards);
  if (hasFaults(plan))
    await phases.run('break', async () => {
      // Without protocols there may be leases to wait for: what breaks is a lab whose containers have their addresses.
      if (plan.convergence === undefined) await forwards();
      await channel.call('break', breaking(plan), call());
    });
  return await inTurn(plan, measuring, 'verify', async (giveBack) => {
    if (beside === undefined) return await channel.call<VerifyReport>('verify', request, call());
    const here = await channel.call<VerifyReport>('verify', { ...request, parts: 'here' }, call());
    giveBack();
    return joined(here, await beside);
  });
}

/** What is broken may be a host, and then the other labs are built without it, too. */
const beginsEarly = (plan: Plan): boolean => plan.convergence !== undefined && !hasFaults(plan);

const hasFaults = ({ scenario }: Plan): boolean => (scenario.faults ?? []).length > 0;

/** What the scenario wants to be broken. */
export function breaking({ scenario, convergence }: Plan): BreakRequest {
  return { faults: scenario.faults ?? [], settle: convergence !== undefined };
}

/** Runs a phase when it is this run's turn; who has waited for a protocol goes before those that have nothing to wait for. */
export async function inTurn<T>(
  { convergence }: Plan,
  { turns, phases, stop }: Pick<Measuring, 'turns' | 'phases' | 'stop'>,
  phase: 'sandbox' | 'build' | 'verify',
  work: (giveBack: () => void) => Promise<T>,
): Promise<T> {
  return await turns.hold(async (giveBack) => {
    stop.throwIfAborted();
    return await phases.run(phase, () => work(giveBack));
  }, convergence?.deadlineMs);
}
