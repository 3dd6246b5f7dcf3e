/** What each strategy needs with its defaults, and what its other choices need beyond that. Pure. */
import { LabError } from '#lab/errors.js';
import { adapted } from '../plan/adapt.js';
import { makePlan } from '../plan/make-plan.js';
import type { Plan } from '../plan/plan.js';
import { inputSchema } from '../scenario/json-schema.js';
import { parseScenario } from '../scenario/parse.js';
import type { Decision } from '../scenario/scenario.js';
import type { Requirement, Strategy } from '../strategy/contract.js';
import { strategies } from '../strategy/index.js';

/** A value of one parameter that is not its default. */
export interface Choice {
  readonly parameter: string;
  readonly value: string | boolean;
  /** What the strategy does not need with its defaults. */
  readonly requirements: readonly Requirement[];
}

export interface Needs {
  /** With the defaults. */
  readonly requirements: readonly Requirement[];
  /** Parameters that the machine decides where a scenario leaves them open. */
  readonly decided: readonly Decision[];
  /** Only those that need something more. */
  readonly choices: readonly Choice[];
}

/** @param available what was tried on the machine and is there; nothing of it matters where the machine decides nothing */
export function needsOf(strategy: Strategy, available: ReadonlySet<string>): Needs {
  const { requirements, scenario } = planOf(strategy, `strategy: ${strategy.name}\n`, available);
  const known = new Set(requirements.map(keyOf));
  const choices = alternatives(strategy).flatMap(({ parameter, value }): Choice[] => {
    const text = `strategy: ${JSON.stringify({ name: strategy.name, [parameter]: value })}\n`;
    const more = requirementsOrNone(strategy, text, available).filter((one) => !known.has(keyOf(one)));
    return more.length === 0 ? [] : [{ parameter, value, requirements: more }];
  });
  return { requirements, decided: scenario.strategy.decided ?? [], choices };
}

/** What a scenario may ask of any strategy, and what that needs. */
export function scenarioChoices(): readonly Choice[] {
  const [strategy] = strategies.values();
  if (strategy === undefined) return [];
  const text = `strategy: ${strategy.name}\nservices: [{ name: web, port: 80, containers: [h1c1] }]\ndiscovery: consul\n`;
  const plain = new Set(needsOf(strategy, new Set()).requirements.map(keyOf));
  const requirements = planOf(strategy, text, new Set()).requirements.filter((one) => !plain.has(keyOf(one)));
  return [{ parameter: 'discovery', value: 'consul', requirements }];
}

const keyOf = ({ kind, name }: Requirement): string => `${kind} ${name}`;

function planOf(strategy: Strategy, text: string, available: ReadonlySet<string>): Plan {
  const scenario = parseScenario(text, { file: 'defaults', defaultName: strategy.name, strategies });
  return makePlan(adapted(scenario, strategy, available), strategy);
}

/** None where the choice needs another one beside it. */
function requirementsOrNone(strategy: Strategy, text: string, available: ReadonlySet<string>): readonly Requirement[] {
  try {
    return planOf(strategy, text, available).requirements;
  } catch (error) {
    if (error instanceof LabError) return [];
    throw error;
  }
}

/** Every word that a parameter may have, but for its default. */
function alternatives({ parameters }: Strategy): readonly Pick<Choice, 'parameter' | 'value'>[] {
  return Object.entries(inputSchema(parameters).properties ?? {}).flatMap(([parameter, schema]) => {
    const values = schema.type === 'boolean' ? [true, false] : (schema.enum ?? []);
    return values
      .filter((value) => typeof value === 'string' || typeof value === 'boolean')
      .filter((value) => value !== schema['default'])
      .map((value) => ({ parameter, value }));
  });
}
