import { LabError } from '#lab/errors.js';
import type { Lab } from '#lab/lab.js';
import { type MtuShrink, splitLink } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { linkProblem } from './places.js';

export const mtu: Fault<MtuShrink> = {
  name: 'mtu',
  title: "an interface's MTU shrinks, as on a router in the middle",
  needs: [],
  problem: ({ at }, plan) => linkProblem(plan, at),
  apply({ at, mtuBytes }, { lab }) {
    const before = mtuOf(lab, at);
    if (before === undefined) throw new LabError(`${at} is not there`);
    setMtu(lab, at, mtuBytes);
    const mend = (): Promise<string> => {
      if (mtuOf(lab, at) === undefined) return Promise.resolve(`${at} is not there any more`);
      setMtu(lab, at, before);
      // Below 1280 bytes the kernel takes IPv6 from an interface.
      lab.node(splitLink(at).node).restore();
      return Promise.resolve(`${at} has an MTU of ${before} bytes again`);
    };
    return Promise.resolve({ seen: `${at} has an MTU of ${mtuBytes} bytes instead of ${before}`, mend });
  },
};

function mtuOf(lab: Lab, at: string): number | undefined {
  const { node, link } = splitLink(at);
  return lab.nodes
    .get(node)
    ?.observe()
    .links.find(({ name }) => name === link)?.mtuBytes;
}

/** @throws LabError when the kernel does not take it */
function setMtu(lab: Lab, at: string, mtuBytes: number): void {
  const { node, link } = splitLink(at);
  lab.node(node).setLink(link, { mtuBytes });
  const now = mtuOf(lab, at);
  if (now !== mtuBytes) throw new LabError(`${at} has an MTU of ${now} bytes, although ${mtuBytes} were asked for`);
}
