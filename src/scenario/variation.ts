/** A scenario on another cluster than its file says, so that several are measured on the same. */
import type { Finding } from './problem.js';
import type { Scenario, UnderlayKind } from './scenario.js';

export interface Variation {
  /** What only the file's own kind can have (NAT, extra cables) is left out. */
  readonly underlay?: UnderlayKind;
  /** How many, where the file says a number or nothing. */
  readonly hosts?: number;
}

/** What the file says, with another number of hosts; unchanged where it names its hosts. */
export function withHosts(file: unknown, { hosts }: Variation): unknown {
  if (hosts === undefined || !isMapping(file) || namesHosts(file)) return file;
  const { cluster = {} } = file;
  return isMapping(cluster) ? { ...file, cluster: { ...cluster, hosts } } : file;
}

/** Why a file cannot be varied like that. */
export function hostsFindings(file: unknown, { hosts }: Variation): readonly Finding[] {
  if (hosts === undefined || !isMapping(file) || !namesHosts(file)) return [];
  const message = `--hosts ${hosts} does not fit a scenario that lists its hosts`;
  return [{ path: ['cluster', 'hosts'], message, allowed: 'a number of hosts' }];
}

export function onUnderlay(scenario: Scenario, { underlay: kind }: Variation): Scenario {
  const { cluster } = scenario;
  if (kind === undefined || kind === cluster.underlay.kind) return scenario;
  return { ...scenario, cluster: { ...cluster, underlay: { ...cluster.underlay, kind, nat: [], extraLinks: [] } } };
}

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const namesHosts = ({ cluster }: Mapping): boolean => isMapping(cluster) && Array.isArray(cluster['hosts']);
