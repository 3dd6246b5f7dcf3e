import { connectLab, findLab } from '#lab/registry.js';
import type { Description, VerifyReport, VerifyRequest } from '../inside/requests.js';
import { type PromiseName, promiseNames } from '../promise/promise.js';
import type { RunEvent } from '../result/events.js';
import type { RunResult } from '../result/result.js';
import { Phases } from '../run/phases.js';
import { assembleResult } from '../run/result-assembly.js';

export interface VerifyLabOptions {
  readonly only?: readonly PromiseName[];
  readonly strict: boolean;
  readonly stop: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/**
 * Measures a running lab as it is now.
 * @returns a result without a leak proof: the lab stays up
 * @throws LabError when there is no such lab or it does not answer
 */
export async function verifyRunningLab(name: string, options: VerifyLabOptions): Promise<RunResult> {
  const { emit, only, strict, stop } = options;
  const startedAt = new Date();
  const channel = await connectLab(findLab(name));
  try {
    const { plan } = await channel.call<Description>('describe', null);
    const promises = only ?? plan.scenario.only ?? promiseNames;
    emit({ type: 'run-started', scenario: plan.scenario.name, strategy: plan.strategy.name, promises });
    const phases = new Phases(emit);
    const request: VerifyRequest = only === undefined ? {} : { only };
    const measure = async (): Promise<VerifyReport> =>
      await channel.call('verify', request, { onEvent: emit, signal: stop });
    const verified = await phases.run('verify', measure);
    const result = await assembleResult({
      plan,
      lab: name,
      startedAt,
      phases: phases.ended,
      verified,
      leaks: null,
      interrupted: stop.aborted,
      strict,
    });
    emit({ type: 'run-ended', result });
    return result;
  } finally {
    channel.close();
  }
}
