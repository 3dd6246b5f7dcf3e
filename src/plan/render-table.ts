/** The plan as tables of plain text, for `netlab plan`; how they look on a terminal is not decided here. */
import { type Container, type Host, type Site } from '../cluster/cluster.js';
import { promiseNames } from '../declaration/promise.js';
import type { Requirement } from '../strategy/contract.js';
import { carriedBytes } from '../strategy/overhead.js';
import { loopsWithoutTree } from './loops.js';
import { mixedMtuWarnings } from './mixed-mtu.js';
import type { Plan } from './plan.js';
import { containers, groups, published } from './render-containers.js';
import { routingTable } from './render-routing.js';
import type { PlanTable } from './plan-table.js';

export type { PlanTable } from './plan-table.js';

/** What a person asks of a plan, in the order of asking; tables without rows are left out. */
export function planTables(plan: Plan): readonly PlanTable[] {
  const tables = [
    overview,
    warnings,
    parameters,
    hosts,
    containers,
    groups,
    published,
    others,
    routingTable,
    mtu,
    promises,
    requirements,
  ].map((table) => table(plan));
  return tables.filter(({ rows }) => rows.length > 0);
}

function overview({ scenario, strategy, cluster, egress, infrastructure, nodes, digest }: Plan): PlanTable {
  const { network, underlay, switches } = cluster;
  const { daemons, listeners, kernelFeatures, forEgress = [] } = infrastructure;
  const needs = [...daemons, ...listeners, ...kernelFeatures, ...forEgress.map((what) => `${what} (for egress only)`)];
  const rows = [
    ['scenario', scenario.name],
    ['strategy', `${strategy.name}: ${strategy.title}`],
    ['network', pair(network)],
    [
      'wire',
      `${underlay.kind === 'switch' ? `${switches.lan}, a switch` : 'routers'} with MTU ${underlay.mtuBytes}${extraCables(underlay.extraLinks)}`,
    ],
    [
      'nodes',
      `${nodes.length}: ${countOf(cluster.hosts, 'host')}, ${countOf(containersOf(cluster.hosts), 'container')}, ${countOf(cluster.outsiders, 'outsider')} and the network around them`,
    ],
    ['egress', `gateway: ${egress.gateway}; NAT: ${egress.nat ? 'yes' : 'no'}; ${egress.why}`],
    ['beyond a bridge', needs.length === 0 ? 'nothing' : needs.join(', ')],
    ['digest', digest],
  ];
  return { title: 'Plan', columns: [{ header: 'What' }, { header: 'Value', flexible: true }], rows };
}

/** What will not go well, and is no mistake of the file: somebody may want to see it. */
function warnings(plan: Plan): PlanTable {
  const loops = loopsWithoutTree(plan.nodes).map((cable) => [
    'loop',
    `${cable} closes a loop of bridges, and no spanning tree breaks it: the first broadcast becomes a storm. Take it away, or switch the spanning tree on.`,
  ]);
  const rows = [...loops, ...mixedMtuWarnings(plan).map((words) => ['mixed MTU', words])];
  return { title: 'Beware', columns: [{ header: 'What' }, { header: 'Why', flexible: true }], rows };
}

function extraCables(pairs: ReadonlyArray<readonly [string, string]>): string {
  return pairs.length === 0 ? '' : `; also ${pairs.map(([a, b]) => `a cable from ${a} to ${b}`).join(', ')}`;
}

function countOf(things: readonly unknown[], what: string): string {
  return `${things.length} ${what}${things.length === 1 ? '' : 's'}`;
}

function parameters({ scenario, strategy }: Plan): PlanTable {
  const rows = Object.entries(strategy.parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
    originOf(name, scenario),
  ]);
  const columns = [{ header: 'Parameter' }, { header: 'Value' }, { header: 'From', flexible: true }];
  return { title: 'Parameters', columns, rows };
}

function originOf(parameter: string, { strategy }: Plan['scenario']): string {
  const decision = strategy.decided?.find((one) => one.parameter === parameter);
  if (decision !== undefined) return `this machine: ${decision.why}`;
  return Object.hasOwn(strategy.parameters, parameter) ? 'scenario' : 'default';
}

function containersIn({ pool, containerAddresses }: Plan['cluster'], { slice }: Host): string {
  if (containerAddresses === 'host') return 'its own address';
  return pool === undefined ? slice : `${pool.first} to ${pool.last}`;
}

function hosts({ cluster }: Plan): PlanTable {
  const rows = cluster.hosts.map((host) => [
    host.name,
    pair(host),
    containersIn(cluster, host),
    String(host.containers.length),
    pair({ ipv4: host.uplinkIpv4, ipv6: host.uplinkIpv6 }),
    String(host.mtuBytes),
  ]);
  const columns = [
    { header: 'Host' },
    { header: 'Address', flexible: true },
    { header: cluster.pool === undefined ? 'Slice' : 'Pool of all' },
    { header: 'Containers', align: 'right' as const },
    { header: 'Uplink', flexible: true },
    { header: 'MTU', align: 'right' as const },
  ];
  return { title: 'Hosts', columns, rows };
}

function others({ cluster }: Plan): PlanTable {
  const { router, world, switches, outsiders, sites } = cluster;
  const rows = [
    ...outsiders.map((outsider) => [outsider.name, 'outsider on the LAN', pair(outsider)]),
    ...sites.flatMap(siteRows),
    ...(switches.uplink === undefined ? [] : [[switches.uplink, 'switch of the uplink', '-']]),
    [router.name, 'router before world', pair({ ipv4: router.uplinkIpv4, ipv6: router.uplinkIpv6 })],
    [world.name, 'a node beyond the router', pair(world)],
  ];
  return {
    title: 'Around the hosts',
    columns: [{ header: 'Node' }, { header: 'Role' }, { header: 'Address', flexible: true }],
    rows,
  };
}

function siteRows(site: Site): readonly string[][] {
  const own = [site.switch, 'switch of a LAN', pair(site)];
  if (site.router === undefined || site.gateway === undefined) return [own];
  return [
    own,
    [site.router.name, site.router.nat ? 'router of that LAN, with NAT' : 'router of that LAN', pair(site.gateway)],
  ];
}

function mtu({ mtu: prediction, cluster }: Plan): PlanTable {
  const { bytes, wireBytes, why, ofHosts = {} } = prediction;
  const odd = cluster.hosts.flatMap((host) => [
    ...(host.mtuBytes === wireBytes ? [] : [[`${host.name} eth1`, String(host.mtuBytes), 'the scenario sets it']]),
    ...host.containers
      .filter(({ mtuBytes }) => mtuBytes !== undefined && mtuBytes !== carriedBytes(prediction, host.name))
      .map(({ name, mtuBytes }) => [name, String(mtuBytes), 'the scenario sets it']),
  ]);
  const rows = [
    ['wire', String(wireBytes), 'the underlay of the scenario'],
    ['containers, predicted', String(bytes), why],
    ...Object.entries(ofHosts)
      .filter(([, carried]) => carried !== bytes)
      .map(([host, carried]) => [
        `containers of ${host}`,
        String(carried),
        'what passes between hosts that carry as much',
      ]),
    ...odd,
  ];
  return {
    title: 'MTU',
    columns: [{ header: 'Where' }, { header: 'Bytes', align: 'right' }, { header: 'Why', flexible: true }],
    rows,
  };
}

function promises(plan: Plan): PlanTable {
  const rows = promiseNames.map((name) => [name, plan.promises[name].declared, plan.promises[name].why]);
  return {
    title: 'Promises',
    columns: [{ header: 'Promise' }, { header: 'Declared' }, { header: 'Why', flexible: true }],
    rows,
  };
}

function requirements(plan: Plan): PlanTable {
  const rows = plan.requirements.map((requirement) => [...requirementWords(requirement), requirement.why]);
  return {
    title: 'Requirements',
    columns: [{ header: 'Needs' }, { header: 'Provided by' }, { header: 'Why', flexible: true }],
    rows,
  };
}

function requirementWords(requirement: Requirement): readonly [string, string] {
  switch (requirement.kind) {
    case 'feature':
      return [requirement.name, 'kernel'];
    case 'link':
      return [`${requirement.name} links`, 'kernel'];
    case 'nftables':
      return [`nftables ${requirement.name}`, 'kernel'];
    case 'binary':
      return [
        requirement.name,
        requirement.debianPackage === undefined ? 'its makers' : `Debian package ${requirement.debianPackage}`,
      ];
  }
}

function pair({ ipv4, ipv6 }: { readonly ipv4: string; readonly ipv6?: string | undefined }): string {
  return ipv6 === undefined ? ipv4 : `${ipv4}, ${ipv6}`;
}

function containersOf(all: readonly Host[]): readonly Container[] {
  return all.flatMap((host) => host.containers);
}
