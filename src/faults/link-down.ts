import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import type { LinkEnd } from '#lab/state.js';
import { observedLink } from '../probes/observed-link.js';
import { patiently } from '../probes/patience.js';
import type { Plan } from '../plan/plan.js';
import { type LinkDown, splitLink } from '../scenario/fault.js';
import type { Applied, Fault, FaultContext } from './contract.js';
import { cableAt, cableProblem, endName, linkOf, linkProblem } from './places.js';

/** The kernel tells of carriers by a worker that may hold itself back for 1 s (net/core/link_watch.c). */
const CARRIER_MS = 1_500;

/**
 * A cable that is pulled out, or an interface that is switched off. Pulled out means that the interface stays up, with
 * addresses and routes, and has no carrier: the other end is switched off, where nothing depends on it.
 */
export const linkDown: Fault<LinkDown> = {
  name: 'link-down',
  title: 'a cable is pulled out, or an interface is switched off',
  needs: [],
  problem: ({ at, how }, plan) =>
    how === 'interface' ? linkProblem(plan, at) : cableProblem(plan, at, 'only cables can be pulled out'),
  subject: ({ at }, plan) => {
    const cable = cableAt(plan, at);
    return cable === undefined
      ? at
      : `the cable between ${[cable.near, cable.far].map(endName).toSorted().join(' and ')}`;
  },
  async apply(spec, context) {
    const { off, dark } = endsOf(spec, context.plan);
    await switchLink(context.lab, off, dark, false);
    const mend = async (): Promise<string> => await raise(context, off, dark);
    const applied: Applied = { seen: darkWords(spec, off, dark), mend };
    const isDark = async (): Promise<boolean> =>
      dark === undefined ? !(await isUp(context.lab, off)) : !(await isRunning(context.lab, dark));
    if (await patiently(isDark, CARRIER_MS, context.signal)) return applied;
    await mend();
    throw new LabError(`${endName(dark ?? off)} still has a carrier`);
  },
};

interface Ends {
  /** The interface that is switched off. */
  readonly off: LinkEnd;
  /** The one that loses its carrier; absent where there is no cable. */
  readonly dark?: LinkEnd | undefined;
}

function endsOf({ at, how }: LinkDown, plan: Plan): Ends {
  const cable = cableAt(plan, at);
  if (how === 'interface' || cable === undefined) return { off: splitLink(at), dark: cable?.far };
  // Of two ends the one that has nothing to lose.
  const isBare = (end: LinkEnd): boolean => linkOf(plan.nodes, end)?.addresses.length === 0;
  return isBare(cable.near) && !isBare(cable.far)
    ? { off: cable.near, dark: cable.far }
    : { off: cable.far, dark: cable.near };
}

function darkWords({ how, at }: LinkDown, off: LinkEnd, dark: LinkEnd | undefined): string {
  if (how === 'interface')
    return dark === undefined ? `${at} is down` : `${at} is down, ${endName(dark)} has no carrier`;
  return `the cable between ${at} and ${at === endName(off) ? endName(dark ?? off) : endName(off)} has no carrier`;
}

async function switchLink(lab: Lab, off: LinkEnd, dark: LinkEnd | undefined, up: boolean): Promise<void> {
  await lab.node(off.node).setLink(off.link, { up });
  // So that a bridge there knows at once, as it would of a real cable.
  if (dark !== undefined) await lab.node(dark.node).setLink(dark.link, {});
}

/** What is on a node that is gone comes back with the node. */
async function raise({ lab, signal }: FaultContext, off: LinkEnd, dark: LinkEnd | undefined): Promise<string> {
  const both = [off, ...(dark === undefined ? [] : [dark])];
  const links = await Promise.all(both.map((end) => observedLink(lab, end)));
  const ends = both.filter((_, index) => links[index] !== undefined);
  if (!ends.includes(off)) return `${endName(off)} is not there any more`;
  await switchLink(lab, off, dark !== undefined && ends.includes(dark) ? dark : undefined, true);
  const isBack = async (): Promise<boolean> => {
    const now = await Promise.all(ends.map((end) => observedLink(lab, end)));
    return now.every((link) => link?.up === true && (dark === undefined || link.running));
  };
  if (await patiently(isBack, CARRIER_MS, signal))
    return `${ends.map(endName).join(' and ')} ${dark === undefined ? 'is up' : 'have a carrier'}`;
  throw new LabError(`${ends.map(endName).join(' and ')}: no carrier, although the fault is mended`);
}

const isUp = async (lab: Lab, end: LinkEnd): Promise<boolean> => (await observedLink(lab, end))?.up === true;
const isRunning = async (lab: Lab, end: LinkEnd): Promise<boolean> => (await observedLink(lab, end))?.running === true;
