/** bgp in healthy labs: on wires of other sizes, between routers, with an address per container. */
import test from 'ava';
import { planOf, type ScenarioShape, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict } from '../promises/findings.js';

const shape: ScenarioShape = { strategy: 'bgp', hosts: 2, containers: 1 };
const wires = [
  [9000, 'host'],
  [1400, 'container'],
] as const;

for (const [mtuBytes, granularity] of wires) {
  test.serial(`nothing is taken off a wire of ${mtuBytes} bytes, with routes per ${granularity}`, async (t) => {
    await withLab(planOf(scenarioOf({ ...shape, mtuBytes, parameters: { granularity } })), async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      const summary = `delivered ${mtuBytes}, predicted ${mtuBytes}, interfaces ${mtuBytes} bytes`;
      t.true(result.checks[0]?.summary.startsWith(summary), result.checks[0]?.summary);
    });
  });
}

test.serial('a host behind NAT is cut off, and nobody waits for it', async (t) => {
  const underlay = { kind: 'routed', nat: ['h3'] } as const;
  const plan = planOf(scenarioOf({ ...shape, hosts: 3, ipv6: false, underlay }));
  await withLab(plan, async (lab) => {
    // Who waits for h3 uses up the deadline; the sessions of the others take some seconds, more on a busy machine.
    t.true(lab.convergedMs < (plan.convergence?.deadlineMs ?? 0), `${lab.convergedMs} ms`);
    const { promises } = await lab.verify('container-to-container', 'no-nat');
    for (const { promise, cell } of promises) t.true(['kept', 'absent'].includes(cell), `${promise} is ${cell}`);
  });
});

test.serial(
  'an address per container, between routers: what is promised is kept, the rest is found absent',
  async (t) => {
    const routed = {
      ...shape,
      containers: 2,
      underlay: { kind: 'routed' },
      parameters: { granularity: 'container' },
    } as const;
    await withLab(planOf(scenarioOf(routed)), async (lab) => {
      const { promises, drift } = await lab.verify();
      for (const { promise, cell, declared, checks } of promises) {
        const isRight = cell === (declared === 'promised' ? 'kept' : 'absent') || declared === 'silent';
        t.true(isRight, `${promise} is ${cell}: ${JSON.stringify(checks[0]?.evidence)}`);
      }
      t.deepEqual(drift, []);
    });
  },
);
