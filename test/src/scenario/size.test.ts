import test from 'ava';
import { addressingFor } from '#src/cluster/addressing.js';
import { fitsInto, limitOfLabs, maxContainers, nodesOf } from '#src/scenario/size.js';
import { makePlan } from '#src/plan/make-plan.js';
import { findStrategy, strategies } from '#src/strategy/index.js';
import { problemsOf, read } from './read.js';

const ample = { namespaces: 100_000, memoryBytes: 100e9, openFiles: 1_000_000 };
const finding = (room: Partial<typeof ample>): string => {
  const wanted = read('strategy: bridge-l2\ncluster: { hosts: 4, containers: 200 }\n');
  const [found] = fitsInto({ ...ample, ...room }).check(wanted, addressingFor());
  return found === undefined ? '' : `${found.path.join('.')}: ${found.message}; ${found.allowed}; ${found.hint}`;
};

test('two lines that want 250,000 containers are refused before anything is planned', (t) => {
  t.deepEqual(problemsOf('strategy: host-network\ncluster: { hosts: 250, containers: 1000 }\n'), [
    `test.yaml:2:19: cluster.hosts: 250000 containers on 250 hosts; allowed: at most ${maxContainers} in a cluster`,
  ]);
});

test('what a machine does not allow is said with its limit and what to change', (t) => {
  t.is(finding({}), '');
  t.is(
    finding({ namespaces: 500 }),
    'cluster.hosts: 4 hosts with 800 containers are 809 nodes; at most 500 nodes on this machine: a user may have 500 network ' +
      'namespaces (user.max_net_namespaces); take fewer hosts or containers, or raise the limit: sudo sysctl user.max_net_namespaces=1618',
  );
  t.regex(
    finding({ openFiles: 4096 }),
    /at most 300 nodes on this machine: .* 4096 files open \(ulimit -Hn\).*ulimit -n 9178/u,
  );
  t.regex(finding({ memoryBytes: 100e6 }), /at most 190 nodes on this machine: 100 MB of memory are free/u);
});

test('the narrowest limit counts; open files are those of one lab', (t) => {
  t.regex(finding({ openFiles: 4096, namespaces: 500 }), /at most 300 nodes/u);
  t.regex(finding({ openFiles: 4096, namespaces: 200 }), /at most 200 nodes/u);
  t.is(limitOfLabs({ namespaces: 5000, memoryBytes: 4e9, openFiles: 1024 }).nodes, 5000);
});

test('without IPv6 a node takes fewer files; a small lab has few probes under way', (t) => {
  const fits = (text: string, openFiles: number): boolean =>
    fitsInto({ ...ample, openFiles }).check(read(text), addressingFor()).length === 0;
  const large = 'strategy: bridge-l2\ncluster: { hosts: 4, containers: 200, ipv6: IPV6 }\n';
  t.false(fits(large.replace('IPV6', 'true'), 8192));
  t.true(fits(large.replace('IPV6', 'false'), 8192));
  t.true(fits('strategy: bridge-l2\ncluster: { hosts: 2, containers: 2 }\n', 1024));
  t.false(fits('strategy: bridge-l2\ncluster: { hosts: 2, containers: 2 }\n', 256));
});

for (const [name, strategy] of strategies) {
  test(`nodes are counted before there is a plan: ${name}`, (t) => {
    for (const kind of ['switch', 'routed']) {
      const scenario = read(
        `strategy: ${name}\ncluster: { hosts: 5, containers: 3, outsiders: 2, underlay: { kind: ${kind} } }\n`,
      );
      const { nodes } = makePlan(scenario, findStrategy(name));
      const own = nodes.filter(({ sharesNetworkOf }) => sharesNetworkOf === undefined).length;
      const addressing = strategy.addressing(strategy.parameters.parse({}), 5);
      const counted = nodesOf(scenario, addressing);
      // A server of leases or the like is not counted.
      t.true(Math.abs(counted - own) <= 2, `${kind}: ${counted} for ${own}`);
    }
  });
}
