import type { Addressing } from '../cluster/addressing.js';
import type { Finding } from './problem.js';
import type { Scenario } from './scenario.js';

/** A cross-field rule; its id is what `tolerate:` names where a scenario may break it. */
export interface Rule {
  readonly id: string;
  /** Every violation, for a scenario whose fields are all well-formed. Never throws. */
  check(scenario: Scenario, addressing: Addressing): Finding[];
}
