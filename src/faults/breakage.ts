/** What is broken in a lab now: faults one after the other, each with the way back. */
import { missingRequirements } from '#lab/capabilities.js';
import { LabError, Refusal } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { type FaultSpec, faultText, splitLink } from '../scenario/fault.js';
import type { Applied, FaultContext, FaultProblem } from './contract.js';
import { clash } from './clash.js';
import { faultOf } from './index.js';
import { absence } from './absence.js';
import { mendFirst } from './mend-first.js';
import { type Gone, type Mended, mendedOf } from './mended.js';
import { Memory } from './memory.js';
import { isMadeAnew, reachOf } from './reach.js';
import type { MendContext, NotBack } from './recall.js';

/** A fault that is there now. */
export interface Broken {
  readonly spec: FaultSpec;
  /** As the command line says it: `link-down h1:eth1 cable`. */
  readonly fault: string;
  /** How it was seen to have taken effect. */
  readonly seen: string;
}

interface Active extends Broken {
  /** Nodes from which it may take something. */
  readonly reach: readonly string[];
  readonly took: ReadonlySet<string>;
  readonly applied: Applied;
}

/** What is asked of a lab that is to be mended. */
interface Mending extends MendContext {
  readonly plan: FaultContext['plan'];
}

export class Breakage {
  #active: readonly Active[] = [];
  readonly #memory = new Memory();

  /** In the order in which they came. */
  get broken(): readonly Broken[] {
    return this.#active.map(({ spec, fault, seen }) => ({ spec, fault, seen }));
  }

  /**
   * @throws Refusal when the lab has no such place, or another fault is there already
   * @throws LabError when this machine cannot do it, with the remedy, or it does not take effect; nothing is changed then
   */
  async break(spec: FaultSpec, context: FaultContext): Promise<Broken> {
    const fault = faultText(spec);
    demandPossible(spec, context, this.#active);
    await demandPresent(spec, context);
    await demand(faultOf(spec).needs, fault);
    const active = await this.#apply(spec, context);
    this.#active = [...this.#active, active];
    return { spec, fault, seen: active.seen };
  }

  async #apply(spec: FaultSpec, context: FaultContext): Promise<Active> {
    const { lab, plan } = context;
    const reach = reachOf(spec, plan);
    await this.#memory.keep(lab, reach);
    const before = this.#active.length === 0 ? undefined : await this.#memory.taken(lab, reach);
    try {
      const applied = await faultOf(spec).apply(spec, { ...context, before: this.#memory.before });
      const taken = await this.#memory.taken(lab, reach);
      const took = new Set([...taken].filter((one) => before?.has(one) !== true));
      return { spec, fault: faultText(spec), seen: applied.seen, applied, reach, took };
    } catch (error) {
      await this.#memory.putBack(context, reach, this.#active);
      await this.#memory.settle(context, reach, this.#active);
      throw error;
    }
  }

  /**
   * Undoes faults, the last one first, puts back what they took with them, and has every node forget what it learned meanwhile.
   * @param isMeant all of them when absent
   * @throws LabError for the first that is not gone then; those before it are
   */
  async mend(context: Mending, isMeant: (broken: Broken) => boolean = () => true): Promise<readonly Mended[]> {
    const done: Gone[] = [];
    let notBack: readonly NotBack[] = [];
    try {
      const meant = this.#active.filter(isMeant);
      for (const active of meant.toReversed()) done.push(await this.#mendOne(context, active, meant));
    } finally {
      const reach = done.flatMap((one) => one.reach);
      notBack = await this.#memory.settle(context, reach, this.#active);
      await forgetAll(context.lab);
    }
    return mendedOf(done, notBack);
  }

  async #mendOne(context: Mending, active: Active, meant: readonly Active[]): Promise<Gone> {
    const gone = await active.applied.mend();
    this.#active = this.#active.filter((other) => other !== active);
    await this.#memory.putBack(context, active.reach, this.#active);
    const again = await this.#breakAgain(
      context,
      active.spec,
      this.#active.filter((other) => !meant.includes(other)),
    );
    return { ...active, seen: again.length === 0 ? gone : `${gone}; there as before: ${again.join(', ')}` };
  }

  /** What the mend has made anew is whole: the faults that lie on it are broken once more. @returns them, in words */
  async #breakAgain(context: Mending, mended: FaultSpec, others: readonly Active[]): Promise<readonly string[]> {
    const again: string[] = [];
    for (const other of others) {
      if (!isMadeAnew(mended, other.spec, context.plan) || (await placeProblem(other.spec, context)) !== undefined)
        continue;
      this.#active = this.#active.filter((one) => one !== other);
      const active = await this.#apply(other.spec, context);
      this.#active = [...this.#active, active];
      again.push(active.fault);
    }
    return again;
  }
}

function demandPossible(spec: FaultSpec, { plan }: FaultContext, active: readonly Broken[]): void {
  const problem = faultOf(spec).problem(spec, plan);
  if (problem !== undefined) throw refusal(spec, problem);
  const others = active.map((other) => other.spec);
  const problemOfOthers = clash(spec, others, plan);
  if (problemOfOthers !== undefined) throw refusal(spec, { remedy: mendFirst, ...problemOfOthers });
}

/** @throws Refusal when a node or an interface of the plan is not there now: crashed on purpose, or deleted by hand */
async function demandPresent(spec: FaultSpec, context: Pick<FaultContext, 'plan' | 'lab'>): Promise<void> {
  const problem = await placeProblem(spec, context);
  if (problem !== undefined) throw refusal(spec, problem);
}

/** What is not there now of what the fault is about. */
async function placeProblem(
  spec: FaultSpec,
  { plan, lab }: Pick<FaultContext, 'plan' | 'lab'>,
): Promise<FaultProblem | undefined> {
  const gone = nodesIn(spec).find((name) => !lab.nodes.has(name));
  if (gone !== undefined) return { message: `${gone} is not there now: its host has crashed`, remedy: mendFirst };
  return 'at' in spec ? await absence(plan, lab, spec.at) : undefined;
}

const refusal = (spec: FaultSpec, { message, remedy }: FaultProblem): Refusal =>
  new Refusal(`${faultText(spec)}: ${message}`, remedy === undefined ? {} : { remedy });

/** Nodes without which the fault cannot be. */
function nodesIn(spec: FaultSpec): readonly string[] {
  if ('at' in spec) return [splitLink(spec.at).node];
  if ('node' in spec) return [spec.node];
  return 'host' in spec ? [spec.host] : [];
}

async function demand(needs: Parameters<typeof missingRequirements>[0], fault: string): Promise<void> {
  const missing = needs.length === 0 ? [] : await missingRequirements(needs);
  if (missing.length === 0) return;
  const what = missing.map(({ requirement, detail }) => `${requirement} (${detail})`).join(', ');
  const remedy = [...new Set(missing.map((one) => one.remedy))].join('\n');
  throw new LabError(`${fault} needs what this machine does not have: ${what}`, { remedy });
}

/** A path MTU that was learned lives for 10 minutes, an address that was learned behind a port for 5. */
async function forgetAll(lab: Lab): Promise<void> {
  const forgotten = [...lab.nodes.values()].map(async (node) => {
    await Promise.all([node.forgetNeighbours(), node.forgetPaths(), node.switches.forgetPaths().catch(ignore)]);
  });
  await Promise.all(forgotten);
}

/** A switch whose daemon is still dead has nothing to forget. */
function ignore(error: unknown): void {
  if (!(error instanceof LabError)) throw error;
}
