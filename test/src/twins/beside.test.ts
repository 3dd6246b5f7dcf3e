/** What becomes of a measurement when a daemon of the cluster that it was made in dies. */
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { planOf, scenarioOf, withLab } from '../../support/sandboxed-lab.js';

test('a daemon of a cluster built beside the lab dies: an error that names it, and no broken promise', async (t) => {
  t.timeout(120_000);
  await withLab(planOf(scenarioOf({ strategy: 'bgp', hosts: 3, containers: 1 })), async (lab) => {
    const measuring = lab.measure('survives-host-loss');
    // Its files are below /run/netlab/nodes-1: it is the first one beside the lab.
    const kill = "pkill -KILL -f '^[^ ]*bird .*/nodes-1/h3/'";
    while ((await lab.sh('h1', kill)).code !== 0) await delay(5);
    const { verdict, checks } = await measuring;
    t.is(verdict, 'error', JSON.stringify(checks));
    t.regex(checks[0]?.reason ?? '', /the service bird\S* of h3 ended by itself there \(SIGKILL\)/);
  });
});
