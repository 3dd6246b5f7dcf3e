import test from 'ava';
import { attachGuest } from '#src/plan/attach-guest.js';
import { planProblems } from '#src/plan/validate.js';
import { plan } from './plans.js';

test('a guest is a container like the others, and brings only its own port to the host', (t) => {
  const { endpoint, states } = attachGuest(plan(), { name: 'guest1', host: 'h1', address: 'next' });
  t.like(endpoint, { node: 'guest1', role: 'container', host: 'h1', ipv4: '10.1.1.4', mac: '02:42:0a:01:01:04' });
  const [container, host] = states;
  t.like(container, { name: 'guest1', host: 'h1', routes: [{ via: '10.1.0.1' }, { via: 'fd00:10:1:0:10:1:0:1' }] });
  t.deepEqual(
    host.links.map(({ name, master }) => [name, master]),
    [['veth-guest1', 'br0']],
  );
  t.deepEqual([host.routes, host.sysctls, host.nftables], [[], {}, '']);
});

test('the plan with the guest in it is still sound', (t) => {
  const sound = plan();
  const [container, host] = attachGuest(sound, { name: 'guest1', host: 'h2', address: 'next' }).states;
  const nodes = sound.nodes.map((node) =>
    node.name === 'h2' ? { ...node, links: [...node.links, ...host.links] } : node,
  );
  t.deepEqual(planProblems([...nodes, container]), []);
});

test('live guests keep their addresses', (t) => {
  const first = attachGuest(plan(), { name: 'guest1', host: 'h1', address: 'next' });
  const second = attachGuest(plan(), { name: 'guest2', host: 'h1', address: 'next' }, [first.container]);
  t.is(second.endpoint.ipv4, '10.1.1.5');
});

test('the last address of the slice, and none beyond it', (t) => {
  t.is(attachGuest(plan(), { name: 'guest1', host: 'h2', address: 'last' }).endpoint.ipv4, '10.1.2.254');
  t.throws(() => attachGuest(plan(), { name: 'guest1', host: 'h2', address: 'beyond-last' }), { name: 'AddressError' });
});

test('a guest may have a larger MTU than predicted, at both ends', (t) => {
  const { states } = attachGuest(plan(), { name: 'guest1', host: 'h1', address: 'next', mtuBytes: 1600 });
  t.deepEqual(
    states.map(({ links }) => links[0]?.mtuBytes),
    [1600, 1600],
  );
});

test('a plan read from JSON takes guests as well', (t) => {
  const stored = JSON.parse(JSON.stringify(plan({}, { network: '10.2.0.0/16' }))) as ReturnType<typeof plan>;
  t.is(attachGuest(stored, { name: 'guest1', host: 'h1', address: 'next' }).endpoint.ipv4, '10.2.1.4');
});
