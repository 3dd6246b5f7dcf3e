import test from 'ava';
import { digestOf } from '#src/plan/canonical.js';
import { makePlan } from '#src/plan/make-plan.js';
import { bridgeL2 } from '#src/strategy/bridge-l2.js';
import type { Strategy } from '#src/strategy/contract.js';
import { hosts, plan, scenario } from './plans.js';

test('the same scenario gives the same plan; another MTU another digest', (t) => {
  t.deepEqual(plan(), plan());
  t.regex(plan().digest, /^[0-9a-f]{64}$/u);
  t.not(
    plan({ underlay: { kind: 'switch', family: 'ipv4', nat: [], mtuBytes: 1499, extraLinks: [] } }).digest,
    plan().digest,
  );
});

test('a plan survives JSON, digest included', (t) => {
  const copy = JSON.parse(JSON.stringify(plan())) as ReturnType<typeof plan>;
  t.deepEqual(copy, plan());
  const { digest, ...body } = copy;
  t.is(digestOf(body), digest);
});

test('the digest does not depend on the order of keys', (t) => {
  t.is(digestOf({ a: 1, b: [{ c: 2, d: 3 }] }), digestOf({ b: [{ d: 3, c: 2 }], a: 1 }));
  t.not(digestOf([1, 2]), digestOf([2, 1]));
});

test('containers come right after their host', (t) => {
  t.deepEqual(
    plan().nodes.map(({ name }) => name),
    ['sw1', 'sw0', 'r1', 'world', 'o1', 'h1', 'h1c1', 'h1c2', 'h2', 'h2c1', 'h2c2'],
  );
});

test('endpoints say where each node is reached', (t) => {
  const { endpoints } = plan();
  t.deepEqual(
    endpoints.map(({ node, link }) => `${node}:${link}`),
    ['h1:br0', 'h1c1:eth0', 'h1c2:eth0', 'h2:br0', 'h2c1:eth0', 'h2c2:eth0', 'o1:eth0', 'world:eth0'],
  );
  t.deepEqual(endpoints[1], {
    node: 'h1c1',
    role: 'container',
    host: 'h1',
    link: 'eth0',
    mac: '02:42:0a:01:01:02',
    ipv4: '10.1.1.2',
    ipv6: 'fd00:10:1:0:10:1:1:2',
  });
});

test('parameters are shown with their defaults', (t) => {
  t.deepEqual(plan({}, { stp: true }).strategy.parameters, {
    network: '10.1.0.0/16',
    slicePrefixLength: 24,
    stp: true,
    masquerade: 'egress',
    forwardDelaySeconds: 2,
  });
});

test('expect overrides what the strategy declares, and says so', (t) => {
  const { promises } = plan({}, {}, { expect: { 'loop-free': 'absent', egress: 'promised' } });
  t.deepEqual(promises['loop-free'], {
    declared: 'absent',
    why: 'the scenario expects it; the strategy says promised',
  });
  t.deepEqual(promises.egress, bridgeL2.promises.egress);
});

/** bridge-l2 with its nodes changed: a defective strategy. */
function defective(change: (name: string) => string): Strategy {
  const design: Strategy['design'] = (given, parameters) => {
    const sound = bridgeL2.design(given, parameters as Parameters<typeof bridgeL2.design>[1]);
    return { ...sound, fabric: () => sound.fabric().map((node) => ({ ...node, name: change(node.name) })) };
  };
  return { ...bridgeL2, design };
}

test('a strategy that contradicts itself is refused with all that is wrong', (t) => {
  const error = t.throws(
    () =>
      makePlan(
        scenario(),
        defective((name) => (name === 'sw1' ? 'sw2' : name)),
      ),
    { name: 'PlanError' },
  );
  t.true(error?.message.includes('h1:eth1: its other end sw1:to-h1 does not exist'), error?.message);
  t.true(error?.message.includes('h2:eth1: its other end sw1:to-h2 does not exist'));
});

test('too many containers for a slice are refused', (t) => {
  t.throws(() => plan({ hosts: hosts(1, 254) }), { name: 'AddressError' });
  t.is(plan({ hosts: hosts(1, 253) }).cluster.hosts[0]?.containers.at(-1)?.ipv4, '10.1.1.254');
});

test('a thousand containers are planned, in not much more than ten times the time of a hundred', (t) => {
  t.is(plan({ hosts: hosts(10, 100) }).nodes.length, 1015);
  const shortestMs = (containers: number): number =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const startMs = performance.now();
        plan({ hosts: hosts(10, containers) });
        return performance.now() - startMs;
      }),
    );
  const [few, many] = [shortestMs(10), shortestMs(100)];
  t.true(many < 40 * few, `${few} ms and ${many} ms: what grows with the square would take a hundred times as long`);
});
