import { connectLab, findLab } from '#lab/registry.js';
import type { Description, VerifyReport, VerifyRequest } from '../inside/requests.js';
import { type PromiseName, promiseNames } from '../declaration/promise.js';
import type { RunEvent } from '../result/events.js';
import type { RunResult } from '../result/result.js';
import { Phases } from '../run/phases.js';
import { assembleResult } from '../run/result-assembly.js';

export interface VerifyLabOptions {
  readonly only?: readonly PromiseName[];
  readonly strict: boolean;
  /** What else was asked for: see RunResult. */
  readonly options?: readonly string[];
  /** First wish to stop: end the measurement, report what there is. */
  readonly stop: AbortSignal;
  /** Second wish: leave at once; the lab ends what it measures by itself. */
  readonly kill: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/**
 * Measures a running lab as it is now.
 * @returns a result without a leak proof: the lab stays up
 * @throws LabError when there is no such lab or it does not answer
 */
export async function verifyRunningLab(name: string, options: VerifyLabOptions): Promise<RunResult> {
  const { emit, only, strict, stop, kill } = options;
  const startedAt = new Date();
  const channel = await connectLab(findLab(name));
  const leave = (): void => channel.abandon();
  kill.addEventListener('abort', leave, { once: true });
  try {
    const { plan } = await channel.call<Description>('describe', null, { signal: stop });
    const promises = only ?? plan.scenario.only ?? promiseNames;
    emit({ type: 'run-started', scenario: plan.scenario.name, strategy: plan.strategy.name, promises });
    const phases = new Phases(emit);
    const request: VerifyRequest = only === undefined ? {} : { only };
    const measure = async (): Promise<VerifyReport> =>
      await channel.call('verify', request, { onEvent: emit, signal: stop });
    const verified = await phases.run('verify', measure).catch((error: unknown) => {
      // Whoever wants to stop does not wait for a lab that heeds nobody.
      if (!stop.aborted) throw error;
      return undefined;
    });
    const result = await assembleResult({
      plan,
      lab: name,
      options: options.options ?? [],
      startedAt,
      phases: phases.ended,
      ...(verified === undefined ? {} : { verified }),
      leaks: null,
      interrupted: stop.aborted,
      strict,
    });
    emit({ type: 'run-ended', result });
    return result;
  } finally {
    kill.removeEventListener('abort', leave);
    channel.close();
  }
}
