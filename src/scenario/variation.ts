/** A scenario otherwise than its file says: on another cluster, so that several are measured on the same, or with values set. */
import type { Finding, Path } from './problem.js';
import type { Scenario, UnderlayKind } from './scenario.js';
import { withoutAbsent } from './without-absent.js';

/** `--set cluster.underlay.mtu=9000` */
export interface Setting {
  /** As the user wrote it. */
  readonly written: string;
  readonly path: Path;
  readonly value: unknown;
}

export interface Variation {
  /** What only the file's own kind can have (NAT, extra cables) is left out. */
  readonly underlay?: UnderlayKind;
  /** How many: of listed ones the first, and further ones with every default. */
  readonly hosts?: number;
  /** How many each host has, in the same way. */
  readonly containers?: number;
  /** In this order, after the numbers. */
  readonly set?: readonly Setting[];
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What the file says, varied. What names a node that a smaller cluster does not have (a host behind NAT, a cable, a service,
 * a fault) is left out: without h3 nothing can be said of h3.
 * @param leftOut is told what, one sentence each
 */
export function varied(
  file: unknown,
  { hosts, containers, set = [] }: Variation,
  leftOut: (what: string) => void,
): unknown {
  if (!isMapping(file)) return file;
  const resized = hosts === undefined && containers === undefined ? file : resize(file, hosts, containers);
  const kept = resized === file ? file : withoutAbsent(file, resized, leftOut);
  return set.reduce<unknown>((value, { path, value: wanted }) => withValue(value, path, wanted), kept);
}

const DEFAULT_COUNT = 2;

function resize(file: Mapping, hosts: number | undefined, containers: number | undefined): Mapping {
  const { cluster = {} } = file;
  if (!isMapping(cluster)) return file;
  const { hosts: writtenHosts = DEFAULT_COUNT, containers: writtenContainers = DEFAULT_COUNT } = cluster;
  const machines = hosts === undefined ? writtenHosts : ofNumber(writtenHosts, hosts);
  if (containers === undefined) return { ...file, cluster: { ...cluster, hosts: machines } };
  const each = Array.isArray(machines) ? machines.map((host: unknown) => withContainers(host, containers)) : machines;
  return { ...file, cluster: { ...cluster, hosts: each, containers: ofNumber(writtenContainers, containers) } };
}

/** The first ones of a list, and entries that say nothing where it is too short. */
function ofNumber(entries: unknown, count: number): unknown {
  // So many are refused; a list would only take long.
  if (!Array.isArray(entries) || count > 1000) return count;
  return Array.from({ length: count }, (_, index) => (entries as readonly unknown[])[index] ?? {});
}

function withContainers(host: unknown, count: number): unknown {
  if (!isMapping(host) || host['containers'] === undefined) return host;
  return { ...host, containers: ofNumber(host['containers'], count) };
}

/** A copy with the value at that place. A strategy that is only a name becomes a mapping with that name. */
function withValue(at: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const inner = (old: unknown): unknown =>
    withValue(step === 'strategy' && rest.length > 0 && typeof old === 'string' ? { name: old } : old, rest, value);
  if (typeof step === 'number' && Array.isArray(at)) {
    const entries = at as readonly unknown[];
    const changed = inner(entries[step] ?? {});
    return step < entries.length ? entries.with(step, changed) : [...entries, changed];
  }
  const mapping = isMapping(at) ? at : {};
  return { ...mapping, [step]: inner(mapping[step]) };
}

/** A finding about a value that an option gave says so: its line of the file does not show it. */
export function namingSetting(finding: Finding, variation: Variation): Finding {
  const option = optionOf(finding.path, variation);
  if (option === undefined) return finding;
  const hint = [finding.hint ?? [], `it comes from ${option}`].flat().join('; ');
  return { ...finding, hint };
}

/** The option by which the value at that place came; a setting comes after the numbers. */
function optionOf(at: Path, { hosts, containers, set = [] }: Variation): string | undefined {
  const setting = set.findLast(({ path }) => path.every((step, index) => at[index] === step));
  if (setting !== undefined) return `--set ${setting.written}`;
  const [top, list, ...inside] = at;
  if (top !== 'cluster' || inside.length > 0) return undefined;
  if (list === 'hosts' && hosts !== undefined) return `--hosts ${hosts}`;
  return list === 'containers' && containers !== undefined ? `--containers ${containers}` : undefined;
}

export function onUnderlay(scenario: Scenario, { underlay: kind }: Variation): Scenario {
  const { cluster } = scenario;
  if (kind === undefined || kind === cluster.underlay.kind) return scenario;
  return { ...scenario, cluster: { ...cluster, underlay: { ...cluster.underlay, kind, nat: [], extraLinks: [] } } };
}
