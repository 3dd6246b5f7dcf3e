import { connectLab, findLab, type LabEntry } from '#lab/registry.js';
import type { Description, NodeReport } from '../inside/requests.js';
import type { Plan } from '../plan/plan.js';
import type { RunEvent } from '../result/events.js';

export interface LabReport {
  readonly entry: LabEntry;
  readonly plan: Plan;
  /** What is broken on purpose now. */
  readonly broken: Description['broken'];
  /** Nodes that are not there now. */
  readonly gone: readonly string[];
}

/** A running lab: its entry and the plan that it was built from. @throws LabError when there is no such lab */
export async function describeLab(name: string): Promise<LabReport> {
  const entry = findLab(name);
  const channel = await connectLab(entry);
  try {
    const { plan, broken, gone } = await channel.call<Description>('describe', null);
    return { entry, plan, broken, gone };
  } finally {
    channel.close();
  }
}

/**
 * What nodes of a running lab are to have, what they have, and the differences. All nodes when none is named. A lab that was
 * mended a moment ago is given the time to recover that its design allows where somebody is told.
 * @param tell is told what is waited for; absent: nothing is waited for
 */
export async function inspectNodes(
  name: string,
  nodes?: readonly string[],
  tell?: (text: string) => void,
): Promise<NodeReport[]> {
  const channel = await connectLab(findLab(name));
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'waiting') tell?.(`waiting for ${event.text}`);
  };
  try {
    if (tell !== undefined) await channel.call('recovered', null, { onEvent });
    const names = nodes ?? presentNames(await channel.call<Description>('describe', null));
    return await Promise.all(names.map((node) => channel.call<NodeReport>('node', { name: node })));
  } finally {
    channel.close();
  }
}

function presentNames({ plan, gone }: Description): readonly string[] {
  return plan.nodes.map(({ name }) => name).filter((name) => !gone.includes(name));
}
