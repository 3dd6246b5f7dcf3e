/** Rules about services and their containers. */
import { unknownName } from './nearest.js';
import type { Path } from './problem.js';
import type { Rule } from './rule.js';

const servingContainers: Rule = {
  id: 'serving-containers',
  check({ cluster, services }) {
    const names = cluster.hosts.flatMap(({ containers }) => containers.map(({ name }) => name));
    return services.flatMap(({ containers }, i) =>
      containers.flatMap((container, j) => {
        const path: Path = ['services', i, 'containers', j];
        return names.includes(container) ? [] : [unknownName(path, container, 'container', names)];
      }),
    );
  },
};

const duplicateService: Rule = {
  id: 'duplicate-service',
  check({ services }) {
    return services.flatMap(({ name }, i) =>
      services.findIndex((other) => other.name === name) < i
        ? [{ path: ['services', i, 'name'], message: `there are two services named ${name}` }]
        : [],
    );
  },
};

export const serviceRules: readonly Rule[] = [servingContainers, duplicateService];
