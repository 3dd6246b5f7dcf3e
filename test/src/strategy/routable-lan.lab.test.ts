import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict } from '../promises/findings.js';

const lan = (shape: Parameters<typeof scenarioOf>[0] = {}) =>
  planOf(scenarioOf({ strategy: 'routable-lan', ...shape }));

for (const mtuBytes of [1400, 9000])
  test.serial(`the containers' MTU is the wire's: ${mtuBytes}`, async (t) => {
    await withLab(lan({ mtuBytes }), async (lab) => assertVerdict(t, await lab.measure('path-mtu'), 'pass'));
  });
