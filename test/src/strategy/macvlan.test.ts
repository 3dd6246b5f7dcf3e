import test from 'ava';
import type { Plan } from '#src/plan/plan.js';
import { renderShell } from '#src/plan/render-shell.js';
import type { Scenario } from '#src/scenario/scenario.js';
import { designFor } from '#src/plan/make-plan.js';
import { macvlan } from '#src/strategy/macvlan.js';
import { plan, scenario } from '../plan/plans.js';
import { findLink as linkOf, node } from './plan-parts.js';

const chosen = (parameters: Readonly<Record<string, unknown>> = {}) => ({ name: 'macvlan', parameters });

function made(parameters: Readonly<Record<string, unknown>> = {}, cluster: Partial<Scenario['cluster']> = {}): Plan {
  return plan(cluster, {}, { strategy: chosen(parameters) });
}

test("a container's eth0 is a child of its host's eth1, with the LAN's router as gateway", (t) => {
  const lan = made();
  t.like(linkOf(lan, 'h2c1', 'eth0'), {
    kind: 'macvlan',
    parent: 'eth1',
    parentNode: 'h2',
    mode: 'bridge',
    mac: '02:42:c0:a8:34:02',
    addresses: ['192.168.52.2/16', 'fd00:192:168:0:192:168:52:2/64'],
  });
  t.is(node(lan, 'h2c1').routes[0]?.via, '192.168.0.1');
});

test('the host has its address on eth1 itself, no bridge, and nothing of its containers', (t) => {
  const { links, sysctls, nftables } = node(made(), 'h1');
  t.deepEqual(
    links.map(({ kind, name, addresses }) => [kind, name, addresses[0]]),
    [['veth', 'eth1', '192.168.0.51/16']],
  );
  t.deepEqual(sysctls, {});
  t.is(nftables, '');
});

test('a container has the MTU of its parent unless the scenario says less, and so has a probe', (t) => {
  const { design } = designFor(scenario({}, {}, { strategy: chosen() }), macvlan);
  const container = design.cluster.hosts[0]?.containers[0];
  if (container === undefined) return t.fail();
  t.is(design.attach(container, 9216).container.links[0]?.mtuBytes, undefined);
  t.is(design.attach({ ...container, mtuBytes: 1400 }).container.links[0]?.mtuBytes, 1400);
});

test('other modes keep containers of one host apart, and say so', (t) => {
  const { promises } = made({ mode: 'private' });
  t.is(promises['container-to-container'].declared, 'absent');
  t.regex(promises['container-to-container'].why, /mode private/u);
  t.is(promises['lan-reachable'].declared, 'promised');
});

test('as a shell script the child is made on the host and appears in the container', (t) => {
  t.true(
    renderShell(made()).includes(
      'ip -n netlab-h1 link add name eth0 link eth1 netns netlab-h1c1 type macvlan mode bridge',
    ),
  );
});
