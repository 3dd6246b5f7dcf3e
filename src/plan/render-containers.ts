/** The containers of a plan as tables: one by one, in their groups, and the ports that are published for them. */
import { type Container, type Host, unspecified } from '../cluster/cluster.js';
import type { MtuPrediction } from '../strategy/contract.js';
import { containerMtuBytes } from '../strategy/overhead.js';
import type { Plan } from './plan.js';
import type { PlanTable } from './plan-table.js';

const choosers = { slice: 'netlab', lease: 'the DHCP server', host: 'its host' } as const;
/** Above this number of containers a host's containers share a row. */
const mostContainerRows = 40;

export function containers({ cluster, mtu }: Plan): PlanTable {
  const single = cluster.hosts.flatMap((host) => host.containers).length <= mostContainerRows;
  const rows = cluster.hosts.flatMap((host) => {
    const shown = single ? host.containers.map((container) => [container]) : [host.containers];
    return shown.filter((group) => group.length > 0).map((group) => containerRow(cluster, host, group, mtu));
  });
  const titles = ['Container', 'Host', 'IPv4', 'IPv6', 'MAC', 'MTU', 'Address chosen by'];
  return { title: 'Containers', columns: titles.map((header) => ({ header })), rows };
}

function containerRow(
  { containerAddresses }: Plan['cluster'],
  host: Host,
  group: readonly Container[],
  mtu: MtuPrediction,
): readonly string[] {
  const chooser = choosers[containerAddresses];
  const spread = (pick: (container: Container) => string) => {
    const values = [...new Set(group.map(pick))];
    return values.length < 3 ? values.join(', ') : `${values[0]} … ${values.at(-1)}`;
  };
  return [
    spread(({ name }) => name),
    host.name,
    spread(({ ipv4 }) => (ipv4 === unspecified.ipv4 ? 'by lease' : ipv4)),
    spread(({ ipv6 }) => (ipv6 === unspecified.ipv6 ? 'by the network' : (ipv6 ?? '-'))),
    spread(({ mac }) => mac),
    spread((container) => String(containerMtuBytes(mtu, container))),
    spread(({ assigned }) => (assigned === 'automatic' ? chooser : 'the scenario')),
  ];
}

/** A container of several groups has an interface and an address in each. */
export function groups({ groups: all = [] }: Plan): PlanTable {
  const rows = all.flatMap(({ group, cluster, endpoints }) =>
    endpoints
      .filter(({ role }) => role === 'container')
      .map(({ node, link, ipv4, ipv6 }) => [group.name, cluster.network.ipv4, `${node}:${link}`, ipv4, ipv6 ?? '-']),
  );
  const titles = ['Group', 'Network', 'Member', 'IPv4', 'IPv6'];
  return { title: 'Groups', columns: titles.map((header) => ({ header })), rows };
}

/** Where others reach containers whose own addresses they do not know. */
export function published({ published: ports = [] }: Plan): PlanTable {
  const rows = ports.map(({ container, port, address, hostPort }) => [
    container,
    `tcp/${port}`,
    `${address}:${hostPort}`,
  ]);
  return {
    title: 'Published ports',
    columns: [{ header: 'Container' }, { header: 'Port' }, { header: 'Reached at' }],
    rows,
  };
}
