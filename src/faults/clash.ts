/** Faults that cannot be there side by side. Pure. */
import type { Plan } from '../plan/plan.js';
import { type FaultSpec, faultText } from '../scenario/fault.js';
import type { FaultProblem } from './contract.js';
import { faultOf } from './index.js';

/**
 * Two faults that change the same thing: the second one would take the place of the first, and neither could be mended alone.
 * @param others faults that are there, or come before it
 */
export function clash(spec: FaultSpec, others: readonly FaultSpec[], plan: Plan): FaultProblem | undefined {
  const subject = faultOf(spec).subject(spec, plan);
  const other = others.find((one) => faultOf(one).subject(one, plan) === subject);
  if (other === undefined) return undefined;
  const fault = faultText(other);
  const message = fault === faultText(spec) ? 'that is broken already' : `${fault} has changed ${subject} already`;
  return { message };
}
