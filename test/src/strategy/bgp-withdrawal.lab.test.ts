/** bgp: how soon the routes of a host that is lost are gone, and what is left while several hosts have one address. */
import test from 'ava';
import { planOf, type ScenarioShape, scenarioOf, withLab } from '../../support/sandboxed-lab.js';
import { assertFinding, assertVerdict, change, named } from '../promises/findings.js';
import { birdc, eventually, routesOf } from './bird.js';

const shape: ScenarioShape = { strategy: 'bgp', hosts: 2, containers: 1, ipv6: false };
/** Longer than any test here: what goes before was not noticed by it. */
const longHold = { holdSeconds: 240, keepaliveSeconds: 80 };
const shortHold = { holdSeconds: 3, keepaliveSeconds: 1 };
const noRouteToH2 = /^(?!.*10\.4\.2\.0)/su;
const routeToH2 = /10\.4\.2\.0\/24 via 172\.16\.0\.2/u;

test.serial('a host that stops its BIRD takes leave: its routes go at once, on r1 and on other hosts', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, parameters: { ...longHold, bfd: false } })), async (lab) => {
    t.regex(await routesOf(lab, 'r1'), routeToH2);
    await change(t, lab, 'h2', birdc('h2', 'down'));
    await eventually(t, lab, 'r1', 'ip route', noRouteToH2);
    await eventually(t, lab, 'h1', 'ip route', noRouteToH2);
  });
});

test.serial('a cable that is pulled out is noticed by BFD, long before the hold time', async (t) => {
  const parameters = { ...longHold, bfdIntervalMs: 100, bfdMultiplier: 3 };
  await withLab(planOf(scenarioOf({ ...shape, parameters })), async (lab) => {
    await eventually(t, lab, 'r1', birdc('r1', 'show bfd sessions'), /172\.16\.0\.2\s+eth0\s+Up/u);
    await change(t, lab, 'h2', 'ip link set eth1 down');
    await eventually(t, lab, 'r1', 'ip route', noRouteToH2);
    const result = await lab.measure('container-to-container');
    assertFinding(t, result, { where: 'h2:eth1', words: ['h2:eth1: state is down, planned up'] });
    await change(t, lab, 'h2', 'ip link set eth1 up; ip route add default via 172.16.255.254 proto static');
    await eventually(t, lab, 'h1', 'ip route', routeToH2);
    assertVerdict(t, await lab.measure('container-to-container'), 'pass');
  });
});

test.serial('without BFD a host that hangs is noticed when the hold time is over', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, parameters: { ...shortHold, bfd: false } })), async (lab) => {
    const pid = '$(cat /run/netlab/nodes/h2/bird/bird.pid)';
    await change(t, lab, 'h2', `kill -STOP ${pid}`);
    await eventually(t, lab, 'r1', birdc('r1', 'show protocols'), /h2_ipv4.*Hold timer expired/u);
    t.notRegex(await routesOf(lab, 'r1'), routeToH2);
    const { promises, drift } = await lab.verify('host-to-container');
    // Who is suspected, h2 or the way to its container, depends on which other flows still got through at that moment.
    assertFinding(t, named(promises, 'host-to-container'), {
      where: /^(?:h2|r1)$/u,
      words: [
        'r1 has no route to 10.4.2.2',
        /the session h2_ipv4 with h2 \(172\.16\.0\.2\) is \w+: BGP Error: Hold timer expired/u,
      ],
    });
    t.true(drift.includes('h2: service bird is BIRD does not answer: nothing within 2000 ms, planned answering'));
    await change(t, lab, 'h2', `kill -CONT ${pid}`);
    await eventually(t, lab, 'r1', 'ip route', routeToH2);
  });
});

test.serial('an address that two hosts announce has two next hops, and one when a host is lost', async (t) => {
  await withLab(planOf(scenarioOf({ ...shape, parameters: { bfdIntervalMs: 100, bfdMultiplier: 3 } })), async (lab) => {
    for (const host of ['h1', 'h2']) await change(t, lab, host, 'ip address add 10.4.255.1/32 dev br0');
    const both =
      /10\.4\.255\.1 proto bird.*\n\s+nexthop via 172\.16\.0\.1 dev eth0 weight 1 *\n\s+nexthop via 172\.16\.0\.2 dev eth0/u;
    await eventually(t, lab, 'r1', 'ip route', both);
    await change(t, lab, 'world', 'ping -c 1 -W 2 10.4.255.1');
    await eventually(t, lab, 'r1', birdc('r1', 'show bfd sessions'), /172\.16\.0\.2\s+eth0\s+Up/u);
    await change(t, lab, 'h2', 'ip link set eth1 down');
    await eventually(t, lab, 'r1', 'ip route', /10\.4\.255\.1 via 172\.16\.0\.1 dev eth0 proto bird/u);
    await change(t, lab, 'world', 'ping -c 1 -W 2 10.4.255.1');
  });
});
