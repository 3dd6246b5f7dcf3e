import { LabError } from '#lab/errors.js';
import { missingRequirements, type Requirement } from '#lab/capabilities.js';
import type { NodeState } from '#lab/state.js';
import type { Plan } from '../plan/plan.js';

/**
 * Refuses a plan that this machine cannot carry out, before anything is built. Asked inside the sandbox, where everybody
 * may try what the kernel can do.
 * @throws LabError that lists what is missing, with what to do about each
 */
export async function demandRequirements(plan: Plan): Promise<void> {
  const missing = await missingRequirements(plan.requirements.filter((one) => !isOptional(one)));
  if (missing.length === 0) return;
  const lines = missing.map(({ requirement, detail }) => `  ${requirement}: ${detail}`);
  const remedies = [...new Set(missing.map(({ remedy }) => remedy))];
  throw new LabError(`strategy ${plan.strategy.name} needs what this machine does not have:\n${lines.join('\n')}`, {
    remedy: remedies.join('\n'),
  });
}

/**
 * The nodes without the services whose program is not here.
 * @see ServiceState.requires
 */
export async function withoutUnavailable({ nodes, requirements }: Plan): Promise<readonly NodeState[]> {
  const missing = await missingRequirements(requirements.filter(isOptional));
  const programs = new Set(missing.map(({ requirement }) => requirement.replace(/^program /u, '')));
  if (programs.size === 0) return nodes;
  return nodes.map((node) => ({
    ...node,
    services: node.services.filter(({ requires }) => requires === undefined || !programs.has(requires)),
  }));
}

const isOptional = (requirement: Requirement): boolean =>
  requirement.kind === 'binary' && requirement.optional === true;
