/** Fills in every default: from the file as it is written to the scenario that the rest of netlab reads. */
import { parseMac } from '../address/mac.js';
import { promiseNames } from '../declaration/promise.js';
import type { ContainerSpec, HostSpec, OutsiderSpec, Scenario, UnderlaySpec } from './scenario.js';
import { faultSpec } from './fault-file.js';
import type { ScenarioFile } from './schema.js';

type HostFile = Exclude<ScenarioFile['cluster']['hosts'], number>[number];
type ContainersFile = ScenarioFile['cluster']['containers'];

/** The strategy is given apart, because its own schema has checked its parameters. */
export function normalise(file: ScenarioFile, name: string, strategy: Scenario['strategy']): Scenario {
  const { hosts, containers, outsiders, ipv6, underlay } = file.cluster;
  return {
    name: file.name ?? name,
    strategy,
    cluster: {
      hosts: asList<HostFile>(hosts).map((host, i) => normaliseHost(host, i + 1, containers)),
      outsiders: asList<OutsiderFile>(outsiders).map((outsider, i) => normaliseOutsider(outsider, i + 1)),
      underlay: normaliseUnderlay(underlay),
      ipv6,
    },
    services: file.services,
    discovery: typeof file.discovery === 'string' ? { kind: file.discovery, agents: 'host' as const } : file.discovery,
    expect: withoutUndefined(file.expect),
    ...chosen(file),
    coverage: file.coverage,
    ...(file.faults.length === 0 ? {} : { faults: file.faults.map(faultSpec) }),
    tolerate: file.tolerate,
  };
}

/** Nothing when every promise is meant. */
function chosen({ only, except = [] }: ScenarioFile): Pick<Scenario, 'only'> {
  if (except.length === 0) return only === undefined ? {} : { only };
  return { only: (only ?? promiseNames).filter((name) => !except.includes(name)) };
}

function normaliseUnderlay({ mtu: mtuBytes, ...rest }: ScenarioFile['cluster']['underlay']): UnderlaySpec {
  return { ...rest, mtuBytes };
}

type OutsiderFile = Exclude<ScenarioFile['cluster']['outsiders'], number>[number];
type ContainerFile = Exclude<ContainersFile, number>[number];

function normaliseHost(host: HostFile, index: number, containers: ContainersFile): HostSpec {
  const name = host.name ?? `h${index}`;
  const list = asList<ContainerFile>(host.containers ?? containers);
  return {
    name,
    containers: list.map((container, i) => normaliseContainer(container, `${name}c${i + 1}`)),
    ...withoutUndefined({ slice: host.slice, address: host.address, mtuBytes: host.mtu }),
  };
}

function normaliseContainer(container: ContainerFile, name: string): ContainerSpec {
  const mac = container.mac === undefined ? undefined : parseMac(container.mac);
  const { address, mtu: mtuBytes, groups } = container;
  return { name: container.name ?? name, ...withoutUndefined({ address, mac, mtuBytes, groups }) };
}

function normaliseOutsider({ name, address }: OutsiderFile, index: number): OutsiderSpec {
  return { name: name ?? `o${index}`, ...withoutUndefined({ address }) };
}

/** A number stands for that many entries without anything said. */
function asList<T extends object>(entries: number | readonly T[]): ReadonlyArray<T | Record<string, never>> {
  return typeof entries === 'number' ? Array.from({ length: entries }, () => ({})) : entries;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Absent, not undefined: scenarios are compared and digested as JSON. */
function withoutUndefined<T extends object>(record: T): Defined<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Defined<T>;
}
