/** What designs say of losses: of a cable, of a host, and of a reboot. */
import { absent, type Declaration, type Declarations, promised } from '../declaration/promise.js';
import type { Recovery } from './contract.js';

type Survival = Pick<Declarations, 'survives-link-loss' | 'survives-host-loss' | 'survives-reboot'>;

/** A host with one cable has no other way. */
export const oneCable: Declaration = absent('one cable leads to each host: without it the host is alone');

/** Of designs in which no host depends on another one, and all that a host has comes from its own configuration. */
export function independentHosts(host: string, reboot: string): Survival {
  return { 'survives-link-loss': oneCable, 'survives-host-loss': promised(host), 'survives-reboot': promised(reboot) };
}

/** What a busy machine adds to a protocol's timers. */
const graceMs = 4_000;
/** IEEE 802.1D-1998, table 8-3: after so long without a word of the root, a bridge looks for another way. */
const maxAgeSeconds = 20;

/**
 * STP: what has not been seen to fail is noticed when the root's words are too old; then a port listens and learns.
 * @param maxAge in seconds
 */
export function spanningTreeRecovery(forwardDelaySeconds: number, maxAge = maxAgeSeconds): Recovery {
  return {
    limitMs: (maxAge + 2 * forwardDelaySeconds) * 1_000 + graceMs,
    why: `STP: max age of ${maxAge} s, then twice the forward delay of ${forwardDelaySeconds} s (IEEE 802.1D-1998)`,
  };
}

/** RSTP: three hellos of 2 s without a word; then both ends agree at once, or wait as in STP. */
export function rapidSpanningTreeRecovery(forwardDelaySeconds: number): Recovery {
  return {
    limitMs: (6 + 2 * forwardDelaySeconds) * 1_000 + graceMs,
    why: `RSTP: three hellos of 2 s, and where the ends do not agree twice the forward delay of ${forwardDelaySeconds} s (IEEE 802.1D-2004)`,
  };
}
