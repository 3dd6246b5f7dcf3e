import { LabError, Refusal } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import { observedLink } from '../probes/observed-link.js';
import { type LinkName, type MtuShrink, splitLink } from '../scenario/fault.js';
import type { Plan } from '../plan/plan.js';
import type { Fault, FaultContext, FaultProblem } from './contract.js';
import { endName, linkOf, linkProblem, namesOf, ownMtu, parentAt } from './places.js';

export const mtu: Fault<MtuShrink> = {
  name: 'mtu',
  title: "an interface's MTU shrinks, as on a router in the middle",
  needs: [],
  problem: ({ at }, plan) => linkProblem(plan, at) ?? bridgeProblem(plan, at),
  subject: ({ at }) => `the MTU of ${at}`,
  async apply({ at, mtuBytes }, context) {
    const { lab, plan } = context;
    const end = splitLink(at);
    const now = await mtuOf(lab, end);
    if (now === undefined) throw new Refusal(`${at} is not there`);
    const child: Child = { end, parent: parentAt(plan, at) };
    await setMtu(lab, child, mtuBytes);
    const own = ownMtu(context, end) ?? now;
    const mend = async (): Promise<string> => {
      if ((await mtuOf(lab, end)) === undefined) return `${at} is not there any more`;
      await giveBack(context, child, own);
      const given = await mtuOf(lab, end);
      if (given === own) return `${at} has an MTU of ${own} bytes again`;
      return `${at} has an MTU of ${given} bytes, as ${child.parent === undefined ? 'others' : endName(child.parent)} still has`;
    };
    return { seen: `${at} has an MTU of ${mtuBytes} bytes instead of ${now}`, mend };
  },
};

interface Child {
  readonly end: LinkEnd;
  /** What it stands on. */
  readonly parent: LinkEnd | undefined;
}

/**
 * A parent that another fault keeps small lets no child be larger, although it may let it stay larger (vxlan). So the parent
 * has its own MTU for a moment, and the kernel then does to the child what that other fault alone would have done.
 */
async function giveBack(context: FaultContext, child: Child, mtuBytes: number): Promise<void> {
  const { lab } = context;
  const { parent } = child;
  const small = parent === undefined ? undefined : await mtuOf(lab, parent);
  const own = parent === undefined ? undefined : ownMtu(context, parent);
  if (parent === undefined || small === undefined || own === undefined || small >= own)
    return await setMtu(lab, child, mtuBytes);
  const above: Child = { end: parent, parent: undefined };
  await setMtu(lab, above, own);
  try {
    await setMtu(lab, child, mtuBytes);
  } finally {
    await setMtu(lab, above, small);
  }
}

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

async function mtuOf(lab: Lab, end: LinkEnd): Promise<number | undefined> {
  return (await observedLink(lab, end))?.mtuBytes;
}

/** @throws Refusal when the link that it stands on is too small for it @throws LabError when the kernel does not take it */
async function setMtu(lab: Lab, { end, parent }: Child, mtuBytes: number): Promise<void> {
  const { node, link } = end;
  try {
    await lab.node(node).setLink(link, { mtuBytes });
  } catch (error) {
    const room = parent === undefined ? undefined : await mtuOf(lab, parent);
    if (!(error instanceof LabError) || parent === undefined || room === undefined) throw error;
    const message = `${endName(end)} takes no MTU of ${mtuBytes} bytes: it stands on ${endName(parent)}, which has ${room}`;
    throw new Refusal(message, { cause: error });
  }
  const now = await mtuOf(lab, end);
  if (now !== mtuBytes)
    throw new LabError(`${endName(end)} has an MTU of ${now} bytes, although ${mtuBytes} were asked for`);
}
