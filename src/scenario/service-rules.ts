/** Rules about services and their containers. */
import { unknownNames } from './nearest.js';
import type { Path } from './problem.js';
import type { Rule } from './rule.js';

const servingContainers: Rule = {
  id: 'serving-containers',
  check({ cluster, services }) {
    const names = cluster.hosts.flatMap(({ containers }) => containers.map(({ name }) => name));
    const known = new Set(names);
    const unknown = unknownNames('container', names);
    return services.flatMap(({ containers }, i) =>
      containers.flatMap((container, j) => {
        const path: Path = ['services', i, 'containers', j];
        return known.has(container) ? [] : [unknown(path, container)];
      }),
    );
  },
};

const duplicateService: Rule = {
  id: 'duplicate-service',
  check({ services }) {
    const first = new Map(services.map(({ name }, i) => [name, i] as const).toReversed());
    return services.flatMap(({ name }, i) =>
      first.get(name) === i ? [] : [{ path: ['services', i, 'name'], message: `there are two services named ${name}` }],
    );
  },
};

export const serviceRules: readonly Rule[] = [servingContainers, duplicateService];
