/** Cross-field rules: small pure functions that each collect all problems of one kind. */
import type { Addressing } from '../cluster/addressing.js';
import { isReservedName } from '../cluster/names.js';
import { addressRules } from './address-rules.js';
import { faultRules } from './fault-rules.js';
import { at, hostPath } from './places.js';
import { poolRules } from './pool-rules.js';
import type { Finding, Path } from './problem.js';
import type { Rule } from './rule.js';
import { type Scenario, type TolerableRule, tolerableRules } from './scenario.js';
import { serviceRules } from './service-rules.js';
import { sizeRules } from './size.js';
import { underlayRules } from './underlay-rules.js';

/** The smallest MTU of an IPv6 link (RFC 8200 section 5); Linux turns IPv6 off below it. */
const ipv6MinimumMtu = 1280;

const duplicateName: Rule = {
  id: 'duplicate-name',
  check({ cluster }) {
    const taken = new Set<string>();
    const hosts = cluster.hosts.map(({ name }, i) => takeName(taken, name, hostPath(i, 'name')));
    const outsiders = cluster.outsiders.map(({ name }, i) =>
      takeName(taken, name, ['cluster', 'outsiders', i, 'name']),
    );
    const containers = cluster.hosts.map(({ containers: inside }, i) => {
      const found = inside.map(({ name }, j) => takeName(taken, name, hostPath(i, 'containers', j, 'name')));
      // By default they are named after their host, whose own name is the one to mend.
      return hosts[i]?.length === 0 ? found.flat() : [];
    });
    return [...hosts, ...outsiders, ...containers].flat();
  },
};

function takeName(taken: Set<string>, name: string, path: Path): Finding[] {
  if (isReservedName(name)) return [at(path, { message: `${name} is the name of a node that every lab has` })];
  if (taken.has(name)) return [at(path, { message: `there are two nodes named ${name}` })];
  taken.add(name);
  return [];
}

const mtuBeyondWire: Rule = {
  id: 'mtu-beyond-wire',
  check({ cluster }) {
    const wire = cluster.underlay.mtuBytes;
    return cluster.hosts.flatMap(({ mtuBytes = wire, containers }, i) => {
      const host = mtuBytes > wire ? [beyond(hostPath(i, 'mtu'), mtuBytes, `the wire's ${wire}`, wire)] : [];
      const carried = Math.min(wire, mtuBytes);
      const what = carried === wire ? `the wire's ${wire}` : `its host's ${carried}`;
      const inside = containers.flatMap(({ mtuBytes: own = 0 }, j) =>
        own > carried ? [beyond(hostPath(i, 'containers', j, 'mtu'), own, what, carried)] : [],
      );
      return [...host, ...inside];
    });
  },
};

const ipv6Mtu: Rule = {
  id: 'ipv6-minimum-mtu',
  check({ cluster }) {
    if (!cluster.ipv6) return [];
    const links = [
      { mtuBytes: cluster.underlay.mtuBytes, path: ['cluster', 'underlay', 'mtu'] },
      ...cluster.hosts.flatMap(({ mtuBytes, containers }, i) => [
        { mtuBytes, path: hostPath(i, 'mtu') },
        ...containers.map((container, j) => ({ ...container, path: hostPath(i, 'containers', j, 'mtu') })),
      ]),
    ];
    return links.flatMap(({ mtuBytes = ipv6MinimumMtu, path }) => {
      if (mtuBytes >= ipv6MinimumMtu) return [];
      const allowed = `at least ${ipv6MinimumMtu} bytes with IPv6 (RFC 8200)`;
      const message = `an MTU of ${mtuBytes} bytes cannot carry IPv6`;
      return [at(path, { message, allowed, hint: 'or switch it off with cluster.ipv6: false' })];
    });
  },
};

/** Every rule, in the order in which problems of one place are told. */
const nothingToMeasure: Rule = {
  id: 'nothing-to-measure',
  check({ only }) {
    if (only === undefined || only.length > 0) return [];
    return [at(['except'], { message: 'except leaves no promise to measure', allowed: 'fewer of them' })];
  },
};

export const rules: readonly Rule[] = [
  nothingToMeasure,
  ...sizeRules,
  duplicateName,
  ...underlayRules,
  mtuBeyondWire,
  ipv6Mtu,
  ...addressRules,
  ...poolRules,
  ...serviceRules,
  ...faultRules,
];

/** All that the rules find, but for those that the scenario tolerates. @param more rules of this occasion */
export function applyRules(scenario: Scenario, addressing: Addressing, more: readonly Rule[] = []): Finding[] {
  const tolerated: readonly string[] = scenario.tolerate;
  return [...rules, ...more]
    .filter(({ id }) => !tolerated.includes(id))
    .flatMap((rule) => {
      return rule.check(scenario, addressing).map((finding) => withTolerance(rule.id, finding));
    });
}

/** Names the rule, and the way out where there is one. */
function withTolerance(rule: string, finding: Finding): Finding {
  if (!tolerableRules.includes(rule as TolerableRule)) return { ...finding, rule };
  const hint = `tolerate: [${rule}] allows it, to see what happens`;
  return { ...finding, rule, hint: finding.hint === undefined ? hint : `${finding.hint}; ${hint}` };
}

function beyond(path: Path, mtuBytes: number, what: string, most: number): Finding {
  return at(path, { message: `an MTU of ${mtuBytes} bytes is beyond ${what}`, allowed: `at most ${most}` });
}
