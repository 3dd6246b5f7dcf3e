import test from 'ava';
import { emptyNode, type NodeState } from '#lab/state.js';
import { promiseNames } from '#src/declaration/promise.js';
import { planTables } from '#src/plan/render-table.js';
import { hosts, plan } from './plans.js';

function rowsOf(title: string, ...given: Parameters<typeof plan>): ReadonlyArray<readonly string[]> {
  return planTables(plan(...given)).find((table) => table.title === title)?.rows ?? [];
}

test('every row has a cell for every column, none of them blank', (t) => {
  for (const { title, columns, rows } of planTables(plan({}, {}, { tolerate: [] }))) {
    for (const row of rows) {
      t.is(row.length, columns.length, title);
      t.true(
        row.every((cell) => cell !== ''),
        title,
      );
    }
  }
});

test('the tables answer in the order of asking', (t) => {
  t.deepEqual(
    planTables(plan()).map(({ title }) => title),
    ['Plan', 'Parameters', 'Hosts', 'Containers', 'Around the hosts', 'MTU', 'Promises', 'Requirements'],
  );
});

test('all promises are shown in their order', (t) => {
  t.deepEqual(
    rowsOf('Promises').map(([name]) => name),
    [...promiseNames],
  );
});

test('parameters tell what the scenario says from what is the default', (t) => {
  const rows = rowsOf('Parameters', {}, { stp: true });
  t.deepEqual(
    rows.find(([name]) => name === 'stp'),
    ['stp', 'true', 'scenario'],
  );
  t.deepEqual(
    rows.find(([name]) => name === 'network'),
    ['network', '10.1.0.0/16', 'default'],
  );
});

test('a default that the scenario repeats is its choice; one that follows from another choice is not', (t) => {
  const rows = rowsOf('Parameters', {}, { stp: true, masquerade: 'egress' });
  const from = (wanted: string) => rows.find(([name]) => name === wanted)?.[2];
  t.is(from('masquerade'), 'scenario');
  t.is(from('forwardDelaySeconds'), 'default');
});

test('many containers of a host share a row', (t) => {
  t.is(rowsOf('Containers', { hosts: hosts(2, 20) }).length, 40);
  const rows = rowsOf('Containers', { hosts: hosts(2, 100) });
  t.is(rows.length, 2);
  t.deepEqual(rows[0]?.slice(0, 3), ['h1c1 … h1c100', 'h1', '10.1.1.2 … 10.1.1.101']);
});

test('an MTU that the scenario sets is named', (t) => {
  const odd = [{ name: 'h1', mtuBytes: 1400, containers: [{ name: 'small', mtuBytes: 1300 }] }];
  t.deepEqual(rowsOf('MTU', { hosts: odd }).slice(2), [
    ['h1 eth1', '1400', 'the scenario sets it'],
    ['small', '1300', 'the scenario sets it'],
  ]);
});

/** The rows about routing, of a plan whose only nodes are hosts with these objects. */
function routingOf(...nodes: ReadonlyArray<Partial<NodeState>>): ReadonlyArray<readonly string[]> {
  const made = nodes.map((node, index) => ({ ...emptyNode(`h${index + 1}`, 'host'), ...node }));
  const tables = planTables({ ...plan(), nodes: made });
  return tables.find(({ title }) => title === 'Routing and forwarding')?.rows ?? [];
}

test('routes, rules and forwarding entries beyond a default route are shown', (t) => {
  const rows = routingOf({
    routes: [
      { destination: 'default', via: '10.1.0.1' },
      { destination: 'default', nextHops: [{ via: '10.1.0.2' }, { via: '10.1.0.3', link: 'eth1' }] },
      { destination: '10.9.0.0/16', via: '192.0.2.1', link: 'eth1', onLink: true, mtuBytes: 1400, table: 100 },
    ],
    rules: [{ family: 'ipv4', from: '10.1.0.0/16', table: 100, priority: 10 }],
    fdb: [{ link: 'vx0', mac: '00:00:00:00:00:00', destination: 'FD00::2' }],
  });
  t.deepEqual(rows, [
    ['h1', 'route', 'default nexthop via 10.1.0.2 nexthop via 10.1.0.3 dev eth1'],
    ['h1', 'route', '10.9.0.0/16 via 192.0.2.1 dev eth1 onlink mtu 1400 table 100'],
    ['h1', 'policy rule', 'ipv4 10: from 10.1.0.0/16 lookup 100'],
    ['h1', 'forwarding entry', '00:00:00:00:00:00 dev vx0 dst fd00::2'],
  ]);
});

test('very many routes are counted', (t) => {
  const routes = Array.from({ length: 30 }, (_, i) => ({ destination: `10.${i}.0.0/16`, via: '192.0.2.1' }));
  const rules = [{ family: 'ipv4', table: 100, priority: 10 }] as const;
  t.deepEqual(routingOf({ routes, rules }, { routes: routes.slice(1) }), [
    ['h1', 'route', '30: 10.0.0.0/16 via 192.0.2.1 … 10.29.0.0/16 via 192.0.2.1'],
    ['h1', 'policy rule', 'ipv4 10: from all lookup 100'],
    ['h2', 'route', '29: 10.1.0.0/16 via 192.0.2.1 … 10.29.0.0/16 via 192.0.2.1'],
  ]);
});
