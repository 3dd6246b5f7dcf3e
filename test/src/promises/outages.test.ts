/** Losses of links and hosts, and reboots: labs that survive them, and labs that do not. */
import test from 'ava';
import { type ServiceState, serviceFolder } from '#lab/state.js';
import { planOf, scenarioOf, withLab, withNode } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, named } from './findings.js';

const small = { containers: 1, outsiders: 0, ipv6: false } as const;
const all = ['survives-link-loss', 'survives-host-loss', 'survives-reboot'] as const;

test.serial('one cable per host: nobody is reached without it; other hosts go on, and a host comes back', async (t) => {
  await withLab(planOf(scenarioOf(small)), async (lab) => {
    const { promises, drift } = await lab.verify(...all);
    assertFinding(t, named(promises, 'survives-link-loss'), {
      where: 'h1:eth1',
      words: ['h1c1 -> h2c1 did not come back after the cable between h1:eth1 and sw1:to-h1 was cut', 'no other way'],
    });
    t.is(named(promises, 'survives-link-loss').cell, 'absent');
    for (const name of ['survives-host-loss', 'survives-reboot'] as const)
      t.is(named(promises, name).cell, 'kept', name);
    const [reboot] = named(promises, 'survives-reboot').checks;
    const outages = reboot?.observations.filter(({ name }) => name === 'outageMs') ?? [];
    t.true(outages.some(({ subject, value }) => subject === 'h2c1 -> h1c1' && Number(value) > 0));
    t.is(outages.find(({ subject }) => subject === 'h2 -> h2c1')?.value, 0);
    t.deepEqual(drift, [], 'the lab itself is as it was');
  });
});

test.serial('a second cable with a spanning tree: the other one is opened', async (t) => {
  const parameters = { stp: true, forwardDelaySeconds: 2 };
  await withLab(planOf(scenarioOf({ ...small, parameters, extraLinks: [['h1', 'h2']] })), async (lab) => {
    const result = await lab.measure('survives-link-loss');
    t.log(result.checks[0]?.summary ?? '');
    t.is(result.cell, 'kept', JSON.stringify(result.checks));
  });
});

test.serial('bgp: routes to a lost host are withdrawn; one that somebody added by hand is not', async (t) => {
  const parameters = { bfdIntervalMs: 100, bfdMultiplier: 3 };
  const healthy = planOf(scenarioOf({ ...small, hosts: 3, strategy: 'bgp', parameters }));
  await withLab(healthy, async (lab) => {
    const { promises } = await lab.verify('survives-host-loss', 'survives-reboot');
    for (const result of promises) {
      t.log(result.checks[0]?.summary ?? '');
      assertVerdict(t, result, 'pass');
    }
    t.regex(named(promises, 'survives-host-loss').checks[0]?.summary ?? '', /routes to it withdrawn after \d+ ms/u);
  });
  const workaround = { destination: '10.4.1.0/24', via: '172.16.0.1', link: 'eth0' };
  const broken = withNode(healthy, 'r1', (node) => ({ ...node, routes: [...node.routes, workaround] }));
  await withLab(broken, async (lab) => {
    assertFinding(t, await lab.measure('survives-host-loss'), {
      where: 'r1',
      words: ['r1 still has a route to 10.4.1.0/24, which was behind h1', 'withdrawn within', 'made by static'],
    });
  });
});

test.serial('what works only the first time is not there after a reboot, and what cannot start is told', async (t) => {
  const plan = planOf(scenarioOf({ ...small, strategy: 'dhcp' }));
  const reboot = { limitMs: 3_000, why: 'a test does not wait for long' };
  const broken = withNode({ ...plan, recovery: { ...plan.recovery, reboot } }, 'h1', (node) => ({
    ...node,
    services: [...node.services.map(leasingOnce), initialisation],
  }));
  await withLab(broken, async (lab) => {
    const result = await lab.measure('survives-reboot');
    t.is(result.cell, 'BROKEN');
    assertFinding(
      t,
      result,
      {
        where: 'h1',
        words: ['h1 does not start again as it did at first', 'service initialisation: it ended with exit code 1'],
      },
      { where: 'h1', words: ['h2c1 -> h1c1 did not come back after h1 had rebooted'] },
    );
  });
});

const folder = serviceFolder('h1', 'initialisation');
/** It finds what it left when it ran before. */
const initialisation: ServiceState = {
  name: 'initialisation',
  argv: ['sh', '-c', `[ ! -e ${folder}/used ] && touch ${folder}/used`],
  files: { [`${folder}/readme`]: '' },
  keeps: ['used'],
  ready: { kind: 'done' },
  readyTimeoutMs: 4_000,
  stopGraceMs: 0,
};

/** A script that takes no second lease: nobody has an address only because he had it before. */
function leasingOnce(service: ServiceState): ServiceState {
  if (service.name !== 'lease-h1c1') return service;
  const once = '#!/bin/sh\n[ "$1" = bound ] && { [ -e "${0%/*}/used" ] && exit; touch "${0%/*}/used"; }\n';
  const files: Record<string, string> = {};
  for (const [path, text] of Object.entries(service.files ?? {}))
    files[path] = path.endsWith('/lease.sh') ? text.replace('#!/bin/sh\n', once) : text;
  return { ...service, keeps: ['used'], files };
}
