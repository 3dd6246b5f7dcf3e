/** Rules about the pool that leases are given from. */
import { inRange, rangeSize } from '../address/range.js';
import { fixedAddresses } from './address-entries.js';
import { at } from './places.js';
import type { Rule } from './rule.js';

const overlappingPool: Rule = {
  id: 'overlapping-pool',
  check(scenario, addressing) {
    const { pool } = addressing;
    if (pool === null) return [];
    return fixedAddresses(scenario, addressing).flatMap(({ path, address, owner, manual }) => {
      if (!inRange(pool, address)) return [];
      const message = `the pool of ${pool.first} to ${pool.last} holds ${address}, the address of ${owner}`;
      return [at(manual ? path : ['strategy', 'pool'], { message })];
    });
  },
};

const poolTooSmall: Rule = {
  id: 'pool-too-small',
  check({ cluster }, { pool }) {
    if (pool === null) return [];
    const wanted = cluster.hosts.reduce((sum, { containers }) => sum + containers.length, 0);
    const size = rangeSize(pool);
    if (wanted <= size) return [];
    const allowed = `at most ${size}: the pool is ${pool.first} to ${pool.last}`;
    return [at(['cluster', 'hosts'], { message: `${wanted} containers`, allowed })];
  },
};

export const poolRules: readonly Rule[] = [overlappingPool, poolTooSmall];
