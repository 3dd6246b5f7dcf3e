import { readEnvironment } from '#lab/machine.js';
import type { VerifyReport } from '../inside/requests.js';
import type { Plan } from '../plan/plan.js';
import { exitCodeOf } from '../result/exit-code.js';
import type { LeakProof, Phase, RunResult } from '../result/result.js';
import { describeDesign } from './describe-design.js';
import { netlabVersion } from './version.js';

/** Everything that a result document is made of. */
export interface ResultParts {
  readonly plan: Plan;
  /** See RunResult. */
  readonly given?: readonly string[];
  /** See RunResult. */
  readonly options?: readonly string[];
  /** Of a lab that was up already. */
  readonly lab?: string;
  readonly startedAt: Date;
  readonly phases: readonly Phase[];
  /** Absent when the lab was never measured. */
  readonly verified?: VerifyReport;
  readonly failure?: RunResult['failure'];
  readonly missing?: RunResult['missing'];
  readonly leaks: LeakProof | null;
  readonly interrupted: boolean;
  readonly strict: boolean;
}

export async function assembleResult(parts: ResultParts): Promise<RunResult> {
  const { plan, lab, verified, failure, missing, leaks, strict, interrupted } = parts;
  const promises = verified?.promises ?? [];
  const complete = verified?.complete ?? false;
  const programs = plan.requirements.flatMap((one) => (one.kind === 'binary' ? [one.name] : []));
  return {
    schemaVersion: 1,
    netlabVersion,
    scenario: plan.scenario.name,
    ...commandLineOf(parts),
    strategy: plan.strategy.name,
    ...(lab === undefined ? {} : { lab }),
    startedAt: parts.startedAt.toISOString(),
    complete,
    environment: await readEnvironment(programs),
    plan: {
      digest: plan.digest,
      mtuBytes: plan.mtu.bytes,
      hosts: plan.cluster.hosts.length,
      containers: plan.cluster.hosts.reduce((sum, host) => sum + host.containers.length, 0),
    },
    design: describeDesign(plan),
    promises,
    drift: verified?.drift ?? [],
    ...(verified === undefined ? {} : circumstancesOf(verified)),
    phases: parts.phases,
    leaks,
    ...(failure === undefined ? {} : { failure }),
    ...(missing === undefined ? {} : { missing }),
    ...(strict ? { strict } : {}),
    exitCode: exitCodeOf({
      promises,
      leaks,
      complete,
      strict,
      interrupted,
      ...(failure === undefined ? {} : { failure }),
    }),
  };
}

const commandLineOf = ({ given, options = [] }: ResultParts): Pick<RunResult, 'given' | 'options'> => ({
  ...(given === undefined ? {} : { given }),
  ...(options.length === 0 ? {} : { options }),
});

/** What there is to say of how it was measured. */
function circumstancesOf({
  faults,
  recovery,
  followUps,
}: VerifyReport): Pick<RunResult, 'faults' | 'recovery' | 'followUps'> {
  return {
    ...(faults.length === 0 ? {} : { faults }),
    ...(recovery === undefined ? {} : { recovery }),
    ...(isNone(followUps) ? {} : { followUps }),
  };
}

const isNone = ({ followed, notFollowed }: VerifyReport['followUps']): boolean => followed + notFollowed === 0;
