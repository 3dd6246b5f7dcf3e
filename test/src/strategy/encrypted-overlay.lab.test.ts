/** encrypted-overlay with the real daemons: on every underlay and wire, with both bridges, and grown live. */
import test, { type ExecutionContext } from 'ava';
import type { Plan } from '#src/plan/plan.js';
import { type PromiseName, promiseNames } from '#src/declaration/promise.js';
import { planOf, type ScenarioShape, scenarioOf, type TestLab, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change } from '../promises/findings.js';

const encryptedOverlay = (shape: ScenarioShape): Plan =>
  planOf(scenarioOf({ strategy: 'encrypted-overlay', containers: 1, ...shape }));
const wireguard = { engine: 'wireguard', implementation: 'userspace' } as const;
const overRouters = { kind: 'routed' } as const;
/** A call without an answer is repeated after this time (WireGuard's whitepaper, section 6.1). */
const rekeyTimeoutMs = 5_000;
const behindNat = { kind: 'routed', nat: ['h3'] } as const;

/** What was promised is there, and what was not is not. */
async function assertAsDeclared(t: ExecutionContext, plan: Plan, lab: TestLab, ...only: PromiseName[]): Promise<void> {
  const { promises } = await lab.verify(...only);
  for (const result of promises) {
    assertVerdict(t, result, plan.promises[result.promise].declared === 'promised' ? 'pass' : 'fail');
    t.log(`${result.promise}: ${result.checks[0]?.summary}`);
  }
}

/** Those that say something of the overlay itself. */
const essential = [
  'container-to-container',
  'host-to-container',
  'egress',
  'broadcast-domain',
  'encrypted',
  'dual-stack',
] as const;

test.serial('tinc over routers, one of which translates addresses: everything is as declared', async (t) => {
  const plan = encryptedOverlay({ hosts: 3, containers: 2, underlay: behindNat });
  const silent = promiseNames.filter((name) => plan.promises[name].declared === 'silent');
  await withLab(plan, async (lab) => {
    const { promises } = await lab.verify();
    for (const result of promises.filter(({ promise }) => !silent.includes(promise)))
      assertVerdict(t, result, result.declared === 'promised' ? 'pass' : 'fail');
  });
});

test.serial('tinc over routers, and on one switch', async (t) => {
  for (const underlay of [overRouters, {}]) {
    const plan = encryptedOverlay({ hosts: 2, underlay });
    await withLab(plan, async (lab) => await assertAsDeclared(t, plan, lab, ...essential));
  }
});

test.serial('WireGuard over routers with NAT, over routers, and on one switch', async (t) => {
  for (const [hosts, underlay] of [
    [3, behindNat],
    [2, overRouters],
    [2, {}],
  ] as const) {
    const plan = encryptedOverlay({ hosts, underlay, parameters: wireguard });
    await withLab(plan, async (lab) => {
      t.true(lab.convergedMs < rekeyTimeoutMs, `no call was in vain: it forwarded after ${lab.convergedMs} ms`);
      await assertAsDeclared(t, plan, lab, ...essential, 'survives-host-loss', 'survives-reboot');
    });
  }
});

/** The other wires, and what the length of tinc's codes changes: 1421 is a whole number of blocks to the byte. */
const wires = [
  { predicted: 1500, mtuBytes: 9000, family: 'ipv4', parameters: {} },
  { predicted: 1325, mtuBytes: 1400, family: 'ipv6', parameters: {} },
  { predicted: 1421, mtuBytes: 1500, family: 'ipv4', parameters: { macBytes: 32 } },
  { predicted: 1450, mtuBytes: 1500, family: 'ipv4', parameters: { cipher: 'none' } },
  { predicted: 8870, mtuBytes: 9000, family: 'ipv6', parameters: wireguard },
  { predicted: 1290, mtuBytes: 1400, family: 'ipv4', parameters: wireguard },
  { predicted: 1270, mtuBytes: 1400, family: 'ipv6', parameters: wireguard },
] as const;
for (const { predicted, mtuBytes, family, parameters } of wires) {
  const [choice = 'tinc'] = Object.values<string | number>(parameters);
  test.serial(`${predicted} bytes pass on a wire of ${mtuBytes} with ${family} and ${choice}`, async (t) => {
    const plan = encryptedOverlay({ mtuBytes, parameters, outsiders: 0, underlay: { ...overRouters, family } });
    await withLab(plan, async (lab) => {
      const result = await lab.measure('path-mtu');
      assertVerdict(t, result, 'pass');
      const all = `delivered ${predicted}, predicted ${predicted}, interfaces ${predicted} bytes`;
      t.true(result.checks[0]?.summary.startsWith(all), result.checks[0]?.summary);
      if (predicted >= 1280) return;
      const dual = await lab.measure('dual-stack');
      assertVerdict(t, dual, 'skip');
      t.regex(dual.checks[0]?.reason ?? '', /needs 1280 bytes \(RFC 8200\): 1400 - 80 \(WireGuard over IPv6\) - 50/u);
    });
  });
}

test.serial(
  'docker0 beside the overlay; a second default route sends packets out with the wrong address',
  async (t) => {
    const plan = encryptedOverlay({ hosts: 2, containers: 2, parameters: { bridge: 'own' }, underlay: overRouters });
    await withLab(plan, async (lab) => {
      await assertAsDeclared(t, plan, lab, 'unique-address', 'container-to-container', 'no-nat', 'egress', 'encrypted');
      const second = 'ip route add default via 10.2.0.1 dev ethwe';
      t.regex((await lab.sh('h1c1', second)).output, /File exists/u);
      // Behind the first one it is never asked, and before it, it takes everything.
      await change(t, lab, 'h1c1', second.replace('add', 'append'));
      assertVerdict(t, await lab.measure('egress'), 'pass');
      await change(t, lab, 'h1c1', `${second.replace('add', 'del')}; ${second.replace('add', 'prepend')}`);
      assertFinding(t, await lab.measure('egress'), {
        where: 'h1c1',
        words: [
          'h1c1 of h1 cannot reach world by IPv4',
          'world saw',
          'come from 10.2.1.2, and its answers did not come back',
        ],
      });
    });
  },
);

test.serial('with tinc a host joins by knowing one other, and all reach it; WireGuard learns of nobody', async (t) => {
  const grown = async (parameters: Readonly<Record<string, unknown>>, use: (lab: TestLab) => Promise<void>) => {
    const plans = [2, 3].map((hosts) => encryptedOverlay({ hosts, outsiders: 0, parameters, underlay: overRouters }));
    const [before, after] = plans as [Plan, Plan];
    await withLab(before, async (lab) => {
      assertVerdict(t, await lab.measure('container-to-container'), 'pass');
      const { convergence: _, ...withoutWaiting } = after;
      await lab.grow(parameters === wireguard ? withoutWaiting : after);
      await use(lab);
    });
  };
  await grown({ knownPeers: 1 }, async (lab) => {
    const files = await lab.sh(
      'h2',
      'ls /run/netlab/nodes/h2/tinc/hosts; grep -h ConnectTo /run/netlab/nodes/h3/tinc/tinc.conf',
    );
    t.deepEqual(files.output.trim().split('\n'), ['h1', 'h2', 'ConnectTo = h1']);
    const result = await lab.measure('container-to-container');
    assertVerdict(t, result, 'pass');
    t.is(result.checks[0]?.summary, 'all 18 flows between containers were delivered and answered');
    assertVerdict(t, await lab.measure('encrypted'), 'pass');
  });
  await grown(wireguard, async (lab) => {
    const result = await lab.measure('container-to-container');
    assertFinding(t, result, { where: /^h3/u, words: [/h3 is cut off|h3c1 reaches nobody/u] });
    t.regex(result.why, /WireGuard learns no peers/u);
  });
});
