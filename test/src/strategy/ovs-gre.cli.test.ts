/** What people see of a strategy that lets the machine decide. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { probe } from '#lab/capabilities.js';
import type { Diagnosis } from '#src/cli/diagnosis.js';
import type { Plan } from '#src/plan/plan.js';
import { netlab, temporaryFolder } from '../../support/cli.js';

const { features } = await probe(['openvswitch']);
const withoutDatapath = features[0]?.available === true ? test.skip : test;

test('plan and doctor tell which datapath this machine has, and why', async (t) => {
  const [json, table, doctor] = await Promise.all([
    netlab(['plan', 'ovs-gre', '--json']),
    netlab(['plan', 'ovs-gre']),
    netlab(['doctor', '--json']),
  ]);
  const plan = JSON.parse(json.stdout) as Plan;
  const [decision] = plan.scenario.strategy.decided ?? [];
  t.is(decision?.parameter, 'datapath');
  t.is(plan.strategy.parameters['datapath'], decision?.value);
  t.regex(table.stdout.replaceAll(/\s+/gu, ' '), /datapath .*(userspace|kernel) .*this machine: this kernel has/u);
  const { strategies } = JSON.parse(doctor.stdout) as Diagnosis;
  t.deepEqual(strategies.find(({ strategy }) => strategy === 'ovs-gre')?.decided, [decision]);
});

withoutDatapath(
  'a kernel without the datapath that the scenario asks for: what is missing, the remedy, nothing built',
  async (t) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'kernel.yaml'), 'strategy: { name: ovs-gre, datapath: kernel }\ncluster: { hosts: 2 }\n');
    const { exitCode, stdout, stderr } = await netlab(['run', 'kernel.yaml'], { cwd });
    t.is(exitCode, 3);
    t.regex(stdout + stderr, /openvswitch: /u);
    t.regex(stdout + stderr, /modprobe openvswitch|another kernel|kernel package/u);
  },
);
