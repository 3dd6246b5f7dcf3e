import type { Rate } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { filtering } from './firewall.js';
import { impair } from './impairment.js';
import { cableProblem } from './places.js';

/** A veth hands over segments of a TCP connection as one packet of up to 64 KiB (GSO): one at least must get through. */
const LEAST_BURST_KBYTES = 128;
const FRAME_BYTES = 1400;
const FRAMES = 500;
const TRIES = 8;

/** A policer: what is beyond the rate is dropped and not queued. */
export const rate: Fault<Rate> = {
  name: 'rate',
  title: 'no more than so much gets through a cable, in one direction',
  needs: filtering,
  problem: ({ at }, plan) => cableProblem(plan, at, 'the rate of cables only can be limited'),
  apply({ at, kbitPerSecond, direction }, context) {
    const bytesPerSecond = Math.round((kbitPerSecond * 1000) / 8);
    // What comes in 10 ms may come at once.
    const burstKbytes = Math.max(LEAST_BURST_KBYTES, Math.ceil(bytesPerSecond / 100 / 1024));
    const rule = `limit rate over ${bytesPerSecond} bytes/second burst ${burstKbytes} kbytes`;
    const burst = { frames: FRAMES, bytes: FRAME_BYTES };
    return impair({ at, direction, name: 'rate', rule, burst, tries: TRIES }, context);
  },
};
