import { LabError } from '#lab/errors.js';
import { missingRequirements } from '#lab/capabilities.js';
import type { Plan } from '../plan/plan.js';

/**
 * Refuses a plan that this machine cannot carry out, before anything is built. Asked inside the sandbox, where everybody
 * may try what the kernel can do.
 * @throws LabError that lists what is missing, with what to do about each
 */
export async function demandRequirements(plan: Plan): Promise<void> {
  const missing = await missingRequirements(plan.requirements);
  if (missing.length === 0) return;
  const lines = missing.map(({ requirement, detail }) => `  ${requirement}: ${detail}`);
  const remedies = [...new Set(missing.map(({ remedy }) => remedy))];
  throw new LabError(`strategy ${plan.strategy.name} needs what this machine does not have:\n${lines.join('\n')}`, {
    remedy: remedies.join('\n'),
  });
}
