/** Which port of which container is at which port of its host. */
import { LabError } from '#lab/errors.js';
import type { Cluster, Container, Host } from '../../cluster/cluster.js';
import { servicesByContainer } from '../../cluster/serving.js';
import type { Scenario } from '../../scenario/scenario.js';

/** A published port: `docker run -p HOSTPORT:PORT`. */
export interface Publication {
  readonly container: Container;
  readonly host: Host;
  /** TCP port at which the container serves. */
  readonly port: number;
  /** TCP port of the host's address on the LAN. */
  readonly hostPort: number;
}

interface Choice {
  readonly publish?:
    | ReadonlyArray<{ readonly container: string; readonly port: number; readonly hostPort: number }>
    | undefined;
  readonly firstHostPort: number;
}

const webPort = 80;
const lastPort = 65_535;

/** @throws LabError when there is no such container, or a host's port is wanted twice: only one of them can get it */
export function publications(scenario: Scenario, cluster: Cluster, choice: Choice): readonly Publication[] {
  const wanted = choice.publish === undefined ? oneByOne(scenario, cluster, choice) : chosen(cluster, choice.publish);
  const owners = new Map<string, Publication>();
  const problems = wanted.flatMap((one) => {
    const place = `${one.host.name} ${one.hostPort}`;
    const earlier = owners.get(place);
    owners.set(place, earlier ?? one);
    return problemOf(one, earlier);
  });
  if (problems.length > 0) throw new LabError(problems.join('\n'), { remedy: 'Give each of them a port of its own.' });
  return wanted;
}

/** Somebody has to hand out ports: from the first one on, container by container. */
function oneByOne({ services }: Scenario, { hosts }: Cluster, { firstHostPort }: Choice): readonly Publication[] {
  const servedBy = servicesByContainer(services);
  return hosts.flatMap((host) => {
    const ports = host.containers.flatMap((container) => {
      const own = servedBy(container).map(({ port }) => port);
      return [...new Set([webPort, ...own])].map((port) => ({ container, host, port }));
    });
    return ports.map((one, i) => ({ ...one, hostPort: firstHostPort + i }));
  });
}

function chosen({ hosts }: Cluster, publish: NonNullable<Choice['publish']>): readonly Publication[] {
  const containers = new Map(
    hosts.flatMap((host) => host.containers.map((container) => [container.name, { container, host }] as const)),
  );
  return publish.map(({ container, port, hostPort }) => {
    const found = containers.get(container);
    if (found === undefined)
      throw new LabError(`publish: there is no container ${container}; there are ${[...containers.keys()].join(', ')}`);
    return { ...found, port, hostPort };
  });
}

function problemOf({ container, host, hostPort }: Publication, twin: Publication | undefined): readonly string[] {
  if (hostPort > lastPort) return [`publish: ${container.name} would need port ${hostPort} of ${host.name}`];
  if (twin === undefined) return [];
  return [
    `publish: ${twin.container.name} and ${container.name} both want port ${hostPort} of ${host.name}, and only one of them can get it`,
  ];
}
