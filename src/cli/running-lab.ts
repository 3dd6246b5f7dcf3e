/** Running labs and their nodes as the command line names them: a wrong name is wrong usage, and nothing else happens. */
import { LabError } from '#lab/errors.js';
import { checkLabName, demandNotEnded, describeEnd, type LabEntry, listLabs, sweepLabs } from '#lab/registry.js';
import type { Plan } from '../plan/plan.js';
import { asCalled } from '../report/command-name.js';
import { fitText } from '../report/fit.js';
import { printable } from '../report/style.js';
import { didYouMean } from '../scenario/nearest.js';
import { calledAs } from './called-as.js';
import { roomOf } from './style.js';
import { UsageError } from './usage-error.js';

/** Cleans up after dead labs, and tells of those that nobody has ended. */
export function tellOfEnded(): void {
  for (const ended of sweepLabs().filter(({ asked }) => !asked)) {
    const [first = '', ...words] = describeEnd(ended).split('\n').map(printable);
    const lines = [`netlab: ${first}`, ...words, 'netlab: its entry is removed'];
    const text = lines.map((line) => `${asCalled(line, calledAs())}\n`).join('');
    process.stderr.write(fitText(text, roomOf(process.stderr)));
  }
}

/** @throws UsageError when there is none of that name; LabError that tells how it ended when it is not running any more */
export function demandLab(name: string): LabEntry {
  const labs = listLabs();
  const found = labs.find((lab) => lab.name === name);
  if (found !== undefined) return found;
  if (name === '')
    throw new UsageError('the name of a lab is missing: "" names none', { remedy: 'see them: netlab ps' });
  demandNotEnded(name);
  const names = labs.map((lab) => lab.name);
  const there = names.length === 0 ? 'no lab is running' : `running: ${names.join(', ')}`;
  const message = [`there is no lab ${JSON.stringify(name)}`, there, didYouMean(name, names) ?? []].flat().join('; ');
  const first = names[0];
  const remedy = first === undefined ? 'start one: netlab up SCENARIO --name NAME' : 'see them: netlab ps';
  throw new UsageError(message, { remedy });
}

/** @throws UsageError when a new lab cannot have this name */
export function demandLabName(name: string): void {
  try {
    checkLabName(name);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw new UsageError(error.message);
  }
}

/** @throws UsageError when the lab has no such node */
function demandNode({ nodes }: Plan, lab: string, node: string): void {
  const names = nodes.map(({ name }) => name);
  if (names.includes(node)) return;
  const hint = didYouMean(node, names);
  const message = `lab ${lab} has no node ${JSON.stringify(node)}${hint === undefined ? '' : `; ${hint}`}`;
  throw new UsageError(message, { remedy: `see its nodes: netlab inspect ${lab}` });
}

/** @throws UsageError when there is no such lab or node, or the node is not there now */
export async function demandLabNode(lab: string, node: string): Promise<void> {
  demandLab(lab);
  const { describeLab } = await import('../labs/inspect.js');
  const { plan, gone } = await describeLab(lab);
  demandNode(plan, lab, node);
  if (!gone.includes(node)) return;
  throw new UsageError(`${node} is not there now: its host has crashed`, { remedy: `netlab mend ${lab}` });
}
