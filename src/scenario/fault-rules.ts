/** Rules about faults: what they name is there. Interfaces and services are known only when there is a plan. */
import { isReservedName } from '../cluster/names.js';
import { type FaultSpec, splitLink } from './fault.js';
import { unknownName } from './nearest.js';
import type { Finding, Path } from './problem.js';
import type { Rule } from './rule.js';
import type { Scenario } from './scenario.js';

/** Every fault with its place. */
function faultsOf({ faults = [] }: Scenario): ReadonlyArray<{ readonly spec: FaultSpec; readonly path: Path }> {
  return faults.map((spec, index) => ({ spec, path: ['faults', index, spec.fault] }));
}

const faultyNodes: Rule = {
  id: 'faulty-nodes',
  check(scenario, { containers }) {
    const { hosts, outsiders } = scenario.cluster;
    const hostNames = hosts.map(({ name }) => name);
    const lan = [...hostNames, ...outsiders.map(({ name }) => name)];
    const all = [...lan, ...hosts.flatMap(({ containers: own }) => own.map(({ name }) => name))];
    // The machine that leases addresses is the strategy's.
    const isKnown = (name: string) => all.includes(name) || isReservedName(name) || containers === 'lease';
    const node = (path: Path, name: string) => (isKnown(name) ? [] : [unknownName(path, name, 'node', all)]);
    return faultsOf(scenario).flatMap(({ spec, path }) => {
      if ('at' in spec) return node([...path, 'at'], splitLink(spec.at).node);
      if ('node' in spec) return node([...path, 'node'], spec.node);
      if ('host' in spec)
        return hostNames.includes(spec.host) ? [] : [unknownName([...path, 'host'], spec.host, 'host', hostNames)];
      if (!('groups' in spec)) return [];
      return spec.groups.flatMap((group, i) =>
        group.flatMap((name, j) =>
          lan.includes(name) ? [] : [unknownName([...path, 'groups', i, j], name, 'host or outsider', lan)],
        ),
      );
    });
  },
};

const partedTwice: Rule = {
  id: 'parted-twice',
  check(scenario) {
    return faultsOf(scenario).flatMap(({ spec, path }): Finding[] => {
      if (spec.fault !== 'partition') return [];
      const names = spec.groups.flat();
      return names.flatMap((name, index) => {
        if (names.indexOf(name) === index) return [];
        return [{ path: [...path, 'groups'], message: `${name} is in two groups`, allowed: 'each name once' }];
      });
    });
  },
};

const crashedTwice: Rule = {
  id: 'crashed-twice',
  check(scenario) {
    const crashes = faultsOf(scenario).flatMap(({ spec, path }) =>
      spec.fault === 'host-crash' ? [{ spec, path }] : [],
    );
    const repeated = crashes.filter(({ spec }, i) => crashes.findIndex((other) => other.spec.host === spec.host) < i);
    return repeated.map(({ spec, path }) => ({ path, message: `${spec.host} has crashed already` }));
  },
};

const noServer: Rule = {
  id: 'no-dhcp-server',
  check(scenario, { containers }) {
    if (containers === 'lease') return [];
    const asked = faultsOf(scenario).filter(({ spec }) => spec.fault === 'dhcp-gone');
    return asked.map(({ path }) => ({
      path,
      message: 'this strategy has no DHCP server',
      allowed: 'with leases only',
    }));
  },
};

export const faultRules: readonly Rule[] = [faultyNodes, partedTwice, crashedTwice, noServer];
