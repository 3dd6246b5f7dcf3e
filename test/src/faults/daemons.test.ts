/** Faults where daemons are: killed and started again, and hosts that boot with all of them. */
import test, { type ExecutionContext } from 'ava';
import type { FaultSpec } from '#src/scenario/fault.js';
import { planOf, scenarioOf, type ScenarioShape, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertVerdict, change } from '../promises/findings.js';
import { eventually } from '../strategy/bird.js';

/** tinc takes longest: 70 s (tinc.conf(5)). */
const RECOVERY_MS = 75_000;

/** @param isBroken whether containers stop reaching each other */
async function breakAndMend(t: ExecutionContext, lab: TestLab, fault: FaultSpec, isBroken: boolean): Promise<void> {
  const [broken] = await lab.break(fault);
  t.log(`${broken?.fault}: ${broken?.seen}`);
  if (isBroken) assertVerdict(t, await lab.measure('container-to-container'), 'fail');
  const [mended] = await lab.mend();
  t.log(`mended: ${mended?.seen}`);
  await lab.settle();
  const { promises, drift } = await recovered(lab);
  for (const result of promises) assertVerdict(t, result, 'pass');
  t.deepEqual(drift, []);
}

/** Protocols that had not noticed the absence may do so only now, and open their sessions once more. */
async function recovered(lab: TestLab): Promise<Awaited<ReturnType<TestLab['verify']>>> {
  const endMs = performance.now() + RECOVERY_MS;
  for (;;) {
    const found = await lab.verify('container-to-container');
    const isWell = found.drift.length === 0 && found.promises.every(({ verdict }) => verdict === 'pass');
    if (isWell || performance.now() > endMs) return found;
  }
}

const small: ScenarioShape = { hosts: 2, containers: 1, outsiders: 0, ipv6: false };

test.serial('BIRD that is killed: others notice; started again it tells them once more', async (t) => {
  await withLab(planOf(scenarioOf({ ...small, strategy: 'bgp' })), async (lab) => {
    await lab.break({ fault: 'daemon-killed', node: 'h2', service: 'bird' });
    await eventually(t, lab, 'r1', 'ip route', /^(?!.*10\.4\.2\.0)/su);
    const { drift } = await lab.verify('container-to-container');
    t.true(drift.includes('h2: service bird ended by itself (SIGKILL)'), drift.join('\n'));
    await lab.mend();
    await lab.settle();
    await breakAndMend(t, lab, { fault: 'host-crash', host: 'h2' }, false);
  });
});

test.serial('Open vSwitch: its daemon is killed, its host crashes', async (t) => {
  const parameters = { datapath: 'userspace', mesh: 'star', stp: 'off' };
  await withLab(planOf(scenarioOf({ ...small, strategy: 'ovs-gre', parameters })), async (lab) => {
    await breakAndMend(t, lab, { fault: 'daemon-killed', node: 'h1', service: 'ovs-vswitchd' }, true);
    await breakAndMend(t, lab, { fault: 'host-crash', host: 'h1' }, false);
  });
});

for (const parameters of [{ engine: 'tinc' }, { engine: 'wireguard', implementation: 'userspace' }] as const)
  test.serial(`${parameters.engine}: its daemon is killed, its host crashes and knows its keys`, async (t) => {
    const service = parameters.engine;
    const shape = { ...small, strategy: 'encrypted-overlay', parameters, underlay: { kind: 'routed' } } as const;
    await withLab(planOf(scenarioOf(shape)), async (lab) => {
      if (service === 'tinc') await breakAndMend(t, lab, { fault: 'daemon-killed', node: 'h1', service }, true);
      await breakAndMend(t, lab, { fault: 'host-crash', host: 'h1' }, false);
    });
  });

test.serial('wireguard: a host boots while one that it calls is away', async (t) => {
  const parameters = { engine: 'wireguard', implementation: 'userspace' };
  const shape = { ...small, strategy: 'encrypted-overlay', parameters, underlay: { kind: 'routed' } } as const;
  await withLab(planOf(scenarioOf(shape)), async (lab) => {
    await lab.break({ fault: 'host-crash', host: 'h2' }, { fault: 'host-crash', host: 'h1' });
    // The last one first: h1 comes back before h2.
    t.is((await lab.mend()).length, 2);
    await lab.settle();
    assertVerdict(t, await lab.measure('container-to-container'), 'pass');
  });
});

/** What listens for DHCP on a host and is none of the lab's services. */
const anotherServer = `("${process.execPath}" -e "require('dgram').createSocket('udp4').bind(67)" >/dev/null 2>&1 &);`;

test.serial('the DHCP server is gone, and then a host that leases', async (t) => {
  await withLab(planOf(scenarioOf({ ...small, strategy: 'dhcp' })), async (lab) => {
    // A fault that is refused leaves nothing behind: not even the servers that it could kill stay dead.
    await change(t, lab, 'h1', `${anotherServer} timeout 9 sh -c 'until ss -uln | grep -q :67; do sleep 0.05; done'`);
    const refused = await t.throwsAsync(lab.break({ fault: 'dhcp-gone' }));
    t.regex(refused?.message ?? '', /h1 still listens for DHCP/u);
    const services = (await lab.sh('dhcp1', 'ss -uln')).output;
    t.regex(services, /:67\b/u);
    await change(
      t,
      lab,
      'h1',
      "pkill -f 'bind[(]67[)]'; timeout 9 sh -c 'while ss -uln | grep -q :67; do sleep 0.05; done'",
    );
    const [broken] = await lab.break({ fault: 'dhcp-gone' });
    t.regex(broken?.seen ?? '', /dnsmasq on dhcp1 ended: nobody listens for DHCP/u);
    assertVerdict(t, await lab.measure('names'), 'fail');
    const [mended] = await lab.mend();
    t.regex(mended?.seen ?? '', /dhcp1 listens for DHCP/u);
    await change(t, lab, 'h1c1', 'ip route');
    await breakAndMend(t, lab, { fault: 'host-crash', host: 'h2' }, false);
  });
});
