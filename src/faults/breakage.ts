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
import { Memory, type MendContext } from './memory.js';
import { reachOf } from './reach.js';

/** A fault that is there now. */
export interface Broken {
  readonly spec: FaultSpec;
  /** As the command line says it: `link-down h1:eth1 cable`. */
  readonly fault: string;
  /** How it was seen to have taken effect. */
  readonly seen: string;
}

/** A fault that is there no longer. */
export interface Mended {
  readonly fault: string;
  /** How it was seen to be gone. */
  readonly seen: string;
  /** What it took with it and could not be put back, in words: `h1c1: route default via 10.1.0.1 on eth0`. */
  readonly lost: readonly string[];
}

interface Active extends Broken {
  /** Nodes from which it may take something. */
  readonly reach: readonly string[];
  readonly applied: Applied;
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
    const kind = faultOf(spec);
    demandPossible(spec, context, this.#active);
    await demandPresent(spec, context);
    await demand(kind.needs, fault);
    const reach = reachOf(spec, context.plan);
    await this.#memory.keep(context.lab, reach);
    try {
      const applied = await kind.apply(spec, context);
      this.#active = [...this.#active, { spec, fault, seen: applied.seen, applied, reach }];
      return { spec, fault, seen: applied.seen };
    } catch (error) {
      await this.#memory.putBack(context, reach, this.#active);
      throw error;
    }
  }
  /**
   * Undoes faults, the last one first, puts back what they took with them, and has every node forget what it learned meanwhile.
   * @param isMeant all of them when absent
   * @throws LabError for the first that is not gone then; those before it are
   */
  async mend(context: MendContext, isMeant: (broken: Broken) => boolean = () => true): Promise<readonly Mended[]> {
    const mended: Mended[] = [];
    try {
      for (const active of this.#active.filter(isMeant).toReversed()) {
        const seen = await active.applied.mend();
        this.#active = this.#active.filter((other) => other !== active);
        mended.push({
          fault: active.fault,
          seen,
          lost: await this.#memory.putBack(context, active.reach, this.#active),
        });
      }
    } finally {
      await forgetAll(context.lab);
    }
    return mended;
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
async function demandPresent(spec: FaultSpec, { plan, lab }: FaultContext): Promise<void> {
  const gone = nodesIn(spec).find((name) => !lab.nodes.has(name));
  if (gone !== undefined)
    throw refusal(spec, { message: `${gone} is not there now: its host has crashed`, remedy: mendFirst });
  const problem = 'at' in spec ? await absence(plan, lab, spec.at) : undefined;
  if (problem !== undefined) throw refusal(spec, problem);
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
