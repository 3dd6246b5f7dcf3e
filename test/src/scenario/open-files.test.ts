/** What a lab is reckoned to have open is compared with what its process 1 really has open while everything is measured. */
import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { startSandbox } from '#lab/sandbox.js';
import { insideEntry } from '#src/run/run.js';
import { fitsInto } from '#src/scenario/size.js';
import { findStrategy } from '#src/strategy/index.js';
import type { Plan } from '#src/plan/plan.js';
import { planOf, scenarioOf } from '../../support/sandboxed-lab.js';

async function mostOpenFiles(plan: Plan): Promise<number> {
  const sandbox = await startSandbox({ entry: insideEntry });
  try {
    await sandbox.channel.call('build', { plan, nodes: plan.nodes });
    const ended = new AbortController();
    const verified = sandbox.channel.call('verify', {}).finally(() => ended.abort());
    let most = 0;
    while (!ended.signal.aborted) {
      most = Math.max(most, readdirSync(`/proc/${sandbox.initPid}/fd`).length);
      await delay(1);
    }
    await verified;
    return most;
  } finally {
    sandbox.kill();
    await sandbox.exited;
  }
}

const ample = { namespaces: 1e6, memoryBytes: 1e12 };

for (const [strategy, ipv6] of [
  ['bridge-l2', true],
  ['bridge-l2', false],
  ['host-network', true],
] as const)
  test.serial(
    `a lab that has more files open than a process may is not built: ${strategy}, IPv6 ${ipv6}`,
    async (t) => {
      const scenario = scenarioOf({ strategy, hosts: 2, containers: 12, ipv6 });
      const addressing = findStrategy(strategy).addressing({}, 2);
      const most = await mostOpenFiles(planOf(scenario));
      t.log(`${most} files`);
      t.is(fitsInto({ ...ample, openFiles: most - 1 }).check(scenario, addressing).length, 1, `${most} files`);
    },
  );
