/** Rules about faults: what they name is there. Interfaces and services are known only when there is a plan. */
import { repeated } from '#lab/repeated.js';
import { isReservedName } from '../cluster/names.js';
import { type FaultSpec, splitLink } from './fault.js';
import { unknownNames } from './nearest.js';
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
    const [onLan, everywhere] = [new Set(lan), new Set(all)];
    // The machine that leases addresses is the strategy's.
    const isKnown = (name: string) => everywhere.has(name) || isReservedName(name) || containers === 'lease';
    const unknownNode = unknownNames('node', all);
    const unknownHost = unknownNames('host', hostNames);
    const unknownOnLan = unknownNames('host or outsider', lan);
    const node = (path: Path, name: string) => (isKnown(name) ? [] : [unknownNode(path, name)]);
    return faultsOf(scenario).flatMap(({ spec, path }) => {
      if ('at' in spec) return node([...path, 'at'], splitLink(spec.at).node);
      if ('node' in spec) return node([...path, 'node'], spec.node);
      if ('host' in spec) return hostNames.includes(spec.host) ? [] : [unknownHost([...path, 'host'], spec.host)];
      if (!('groups' in spec)) return [];
      return spec.groups.flatMap((group, i) =>
        group.flatMap((name, j) => (onLan.has(name) ? [] : [unknownOnLan([...path, 'groups', i, j], name)])),
      );
    });
  },
};

const partedTwice: Rule = {
  id: 'parted-twice',
  check(scenario) {
    return faultsOf(scenario).flatMap(({ spec, path }): Finding[] => {
      if (spec.fault !== 'partition') return [];
      const twice = new Set(repeated(spec.groups.flat()));
      return [...twice].map((name) => {
        return { path: [...path, 'groups'], message: `${name} is in two groups`, allowed: 'each name once' };
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
    const again = crashes.filter(({ spec }, i) => crashes.findIndex((other) => other.spec.host === spec.host) < i);
    return again.map(({ spec, path }) => ({ path, message: `${spec.host} has crashed already` }));
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
