/** Interfaces of the plan that a running lab has not got: somebody has deleted them. */
import type { Lab } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';
import { type LinkName, splitLink } from '../scenario/fault.js';
import type { FaultProblem } from './contract.js';
import { cableAt, endName, namesOf } from './places.js';

/** What is wrong when an interface, or the other end of its cable, is not there now. A crashed host is no matter of this. */
export async function absence(plan: Plan, lab: Lab, at: LinkName): Promise<FaultProblem | undefined> {
  const far = cableAt(plan, at)?.far;
  const ends = far === undefined ? [splitLink(at)] : [splitLink(at), far];
  const problems = await Promise.all(ends.map(async (end) => await absenceOf(lab, end)));
  return problems.find((problem) => problem !== undefined);
}

async function absenceOf(lab: Lab, end: LinkEnd): Promise<FaultProblem | undefined> {
  const links = (await lab.nodes.get(end.node)?.observe())?.links;
  if (links === undefined || links.some(({ name }) => name === end.link)) return undefined;
  return { message: `${endName(end)} is not there now`, remedy: `${end.node} has now: ${namesOf(links)}` };
}
