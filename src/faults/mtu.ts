import { LabError, Refusal } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { observedLink } from '../probes/observed-link.js';
import { type LinkName, type MtuShrink, splitLink } from '../scenario/fault.js';
import type { Plan } from '../plan/plan.js';
import type { Fault, FaultProblem } from './contract.js';
import { linkOf, linkProblem, namesOf } from './places.js';

export const mtu: Fault<MtuShrink> = {
  name: 'mtu',
  title: "an interface's MTU shrinks, as on a router in the middle",
  needs: [],
  problem: ({ at }, plan) => linkProblem(plan, at) ?? bridgeProblem(plan, at),
  subject: ({ at }) => `the MTU of ${at}`,
  async apply({ at, mtuBytes }, { lab }) {
    const before = await mtuOf(lab, at);
    if (before === undefined) throw new Refusal(`${at} is not there`);
    await setMtu(lab, at, mtuBytes);
    const mend = async (): Promise<string> => {
      if ((await mtuOf(lab, at)) === undefined) return `${at} is not there any more`;
      await setMtu(lab, at, before);
      return `${at} has an MTU of ${before} bytes again`;
    };
    return { seen: `${at} has an MTU of ${mtuBytes} bytes instead of ${before}`, mend };
  },
};

/** The kernel remembers for ever that somebody has set a bridge's MTU (BROPT_MTU_SET_BY_USER, br_change_mtu): no mend could undo that. */
function bridgeProblem({ nodes }: Pick<Plan, 'nodes'>, at: LinkName): FaultProblem | undefined {
  const { node, link } = splitLink(at);
  if (linkOf(nodes, { node, link })?.kind !== 'bridge') return undefined;
  const ports = nodes.find(({ name }) => name === node)?.links.filter(({ master }) => master === link) ?? [];
  return {
    message: `${at} is a bridge, and one whose MTU was set once never follows its ports again`,
    remedy: ports.length === 0 ? 'It has no ports.' : `Shrink one of its ports, and it follows: ${namesOf(ports)}`,
  };
}

async function mtuOf(lab: Lab, at: string): Promise<number | undefined> {
  return (await observedLink(lab, splitLink(at)))?.mtuBytes;
}

/** @throws LabError when the kernel does not take it */
async function setMtu(lab: Lab, at: string, mtuBytes: number): Promise<void> {
  const { node, link } = splitLink(at);
  await lab.node(node).setLink(link, { mtuBytes });
  const now = await mtuOf(lab, at);
  if (now !== mtuBytes) throw new LabError(`${at} has an MTU of ${now} bytes, although ${mtuBytes} were asked for`);
}
