/** Four times as many containers cost about four times the work: sixteen times is a step that compares each with each. */
import test from 'ava';
import { emptyNode } from '#lab/state.js';
import { partition } from '#src/faults/partition.js';
import { makePlan } from '#src/plan/make-plan.js';
import { planProblems } from '#src/plan/validate.js';
import { findStrategy, strategies } from '#src/strategy/index.js';
import { growth } from '../../support/growth.js';
import { hosts, scenario } from '../cluster/scenarios.js';
import { problemsOf, read } from '../scenario/read.js';

/** Between 4 and 16: sorting, larger tables and caches take some more than four times. */
const below = 10;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const perHost = 100;

/** A pool, where there is one, that is large enough. */
const parameters: Readonly<Record<string, string>> = {
  dhcp: ', network: 10.0.0.0/8, pool: { first: 10.1.0.1, last: 10.1.255.254 }',
};

for (const name of strategies.keys()) {
  test(`a plan of four times as many containers is four times the work: ${name}`, (t) => {
    const text = (containers: number): string =>
      `strategy: { name: ${name}${parameters[name] ?? ''} }\ncluster: { hosts: ${containers / perHost}, containers: ${perHost} }\n`;
    const ratio = growth(500, (containers) => () => makePlan(read(text(containers)), findStrategy(name)));
    t.true(ratio < below, `${ratio}`);
  });
}

test('the names of nodes are compared in one pass', (t) => {
  const ratio = growth(8000, (count) => {
    const nodes = numbers(count).map((i) => emptyNode(`node${i}`, 'outsider'));
    return () => planProblems(nodes);
  });
  t.true(ratio < below, `${ratio}`);
});

test('published ports are looked up, not searched', (t) => {
  const strategy = findStrategy('port-mapping');
  const ratio = growth(1000, (count) => {
    const wanted = scenario({ hosts: hosts(count / perHost, perHost) });
    return () => makePlan({ ...wanted, strategy: { name: 'port-mapping', parameters: {} } }, strategy);
  });
  t.true(ratio < below, `${ratio}`);
});

test('members of groups are looked up, not searched', (t) => {
  const strategy = findStrategy('vxlan');
  const ratio = growth(1000, (count) => {
    const grouped = hosts(count / perHost, perHost).map((host) => ({
      ...host,
      containers: host.containers.map((container, i) => ({ ...container, groups: [i % 2 === 0 ? 'a' : 'b'] })),
    }));
    const wanted = { ...scenario({ hosts: grouped }), strategy: { name: 'vxlan', parameters: {} } };
    return () => makePlan(wanted, strategy);
  });
  t.true(ratio < below, `${ratio}`);
});

test('what a service serves is looked up in each container', (t) => {
  const ratio = growth(500, (count) => {
    const own = hosts(count / perHost, perHost);
    const containers = own.flatMap((host) => host.containers.map(({ name }) => name));
    const services = numbers(count / 10).map((i) => ({
      name: `s${i}`,
      port: 80 + i,
      containers: containers.slice(i, i + 10),
    }));
    const wanted = { ...scenario({ hosts: own }), services };
    return () => makePlan(wanted, findStrategy('bridge-l2'));
  });
  t.true(ratio < below, `${ratio}`);
});

test('a partition of so many names is refused in one pass', (t) => {
  const ratio = growth(8000, (count) => {
    const text = `strategy: bridge-l2\nfaults:\n  - partition: { groups: [[h1], [${numbers(count)
      .map((i) => `x${i}`)
      .join(', ')}]] }\n`;
    return () => problemsOf(text);
  });
  t.true(ratio < below, `${ratio}`);
  const plan = makePlan(read('strategy: bridge-l2\n'), findStrategy('bridge-l2'));
  const again = growth(2000, (count) => {
    const groups = [['h1', ...numbers(count).map(() => 'h2')], ['o1']];
    return () => partition.problem({ fault: 'partition', groups }, plan);
  });
  t.true(again < below, `${again}`);
});

test('names that nobody has are guessed at as often as guesses are shown', (t) => {
  const ratio = growth(500, (count) => {
    const named = numbers(count).map((i) => `x${i}`);
    const text = `strategy: bridge-l2\ncluster: { hosts: ${count / perHost}, containers: ${perHost} }\nservices: [{ name: web, containers: [${named.join(', ')}] }]\n`;
    return () => problemsOf(text);
  });
  t.true(ratio < below, `${ratio}`);
});
