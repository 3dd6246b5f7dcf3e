import { LabError } from '#lab/errors.js';

/** A contradiction inside a plan: netlab's or a strategy's defect, never the user's. */
export interface PlanProblem {
  /** Node, or node:link. */
  readonly where: string;
  readonly message: string;
}

/** A plan that contradicts itself; the message lists everything that is wrong with it. */
export class PlanError extends LabError {
  readonly problems: readonly PlanProblem[];

  constructor(problems: readonly PlanProblem[]) {
    super(
      ['the plan contradicts itself:', ...problems.map(({ where, message }) => `${where}: ${message}`)].join('\n  '),
    );
    this.problems = problems;
  }
}
