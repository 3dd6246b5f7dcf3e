import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict, named } from './findings.js';

const reachability = [
  'unique-address',
  'container-to-container',
  'host-to-container',
  'container-to-host',
  'lan-reachable',
  'no-nat',
  'native-ports',
  'egress',
  'dual-stack',
] as const;

test('a healthy lab keeps every promise, twice in a row, and each check says how much it measured', async (t) => {
  await withLab(planOf(), async (lab) => {
    for (const round of [1, 2]) {
      const { promises } = await lab.verify(...reachability);
      t.deepEqual(
        promises.map(({ promise }) => promise),
        [...reachability],
      );
      for (const promise of promises) {
        assertVerdict(t, promise, 'pass');
        const [check] = promise.checks;
        t.truthy(check?.coverage, `round ${round}: ${promise.promise}`);
        t.log(`${promise.promise} ${Math.round(check?.durationMs ?? 0)} ms: ${check?.summary}; ${check?.coverage}`);
      }
      const [pairs] = named(promises, 'container-to-container').checks;
      t.is(
        pairs?.coverage,
        'same host: all 4 ordered pairs; across hosts: all 8 ordered pairs; each by ICMP, TCP and UDP',
      );
    }
  });
});

test('what the cluster cannot have is not applicable, with the reason; the rest is measured', async (t) => {
  const plan = planOf(scenarioOf({ hosts: 1, containers: 1, outsiders: 0, ipv6: false }));
  await withLab(plan, async (lab) => {
    const { promises } = await lab.verify(...reachability);
    for (const promise of ['container-to-container', 'lan-reachable', 'native-ports', 'dual-stack'] as const) {
      const result = named(promises, promise);
      assertVerdict(t, result, 'not applicable');
      t.truthy(result.checks[0]?.reason);
    }
    for (const promise of ['unique-address', 'host-to-container', 'container-to-host', 'no-nat', 'egress'] as const)
      assertVerdict(t, named(promises, promise), 'pass');
  });
});

test('many containers are covered by a design that says what it left out', async (t) => {
  const plan = planOf(scenarioOf({ hosts: 3, containers: 5, coverage: 'covering' }));
  await withLab(plan, async (lab) => {
    const result = await lab.measure('container-to-container');
    assertVerdict(t, result, 'pass');
    const [check] = result.checks;
    t.regex(check?.coverage ?? '', /across hosts: \d+ of 150 ordered pairs \(\d+ sources, \d+ destinations\)/u);
  });
});
