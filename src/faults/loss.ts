import type { Loss } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { filtering } from './firewall.js';
import { impair } from './impairment.js';
import { cableProblem, cableWay, endName } from './places.js';

/** A batch that no queue of the kernel drops anything of (net.core.netdev_max_backlog is 1000). */
const FRAMES = 400;
/** With the least loss that can be asked for, 0.1 %, all of these get through once in 3000 times. */
const TRIES = 20;

/** By random numbers of the packet filter, which every kernel with nftables has; netem would do the same. */
export const loss: Fault<Loss> = {
  name: 'loss',
  title: 'packets are lost at random, in one direction',
  needs: filtering,
  problem: ({ at }, plan) => cableProblem(plan, at, 'packets are lost on cables only'),
  subject: ({ at, direction }, plan) => `what comes in by ${endName(cableWay(plan, at, direction).to)}`,
  apply({ at, percent, direction }, context) {
    const rule = percent === 100 ? '' : `numgen random mod 1000 < ${Math.round(percent * 10)}`;
    const burst = { frames: FRAMES, bytes: 60 };
    return impair({ at, direction, name: 'loss', rule, burst, tries: TRIES }, context);
  },
};
