/** Leaves out of a scenario file what names hosts and containers that it had and a variation of it has not. */

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * @param before the file
 * @param after the same with fewer hosts or containers
 * @param leftOut is told what is left out, one sentence each
 */
export function withoutAbsent(before: Mapping, after: Mapping, leftOut: (what: string) => void): Mapping {
  const left = nodesOf(after);
  const gone = new Set([...nodesOf(before)].filter((name) => !left.has(name)));
  if (gone.size === 0) return after;
  const keep = (what: string, entries: unknown): unknown => kept(entries, gone, what, leftOut);
  const { cluster, services, faults } = after;
  const underlay = isMapping(cluster) ? cluster['underlay'] : undefined;
  return {
    ...after,
    ...(isMapping(cluster) && isMapping(underlay)
      ? {
          cluster: {
            ...cluster,
            underlay: {
              ...underlay,
              ...('nat' in underlay ? { nat: keep('NAT before', underlay['nat']) } : {}),
              ...('extraLinks' in underlay ? { extraLinks: keep('the cable between', underlay['extraLinks']) } : {}),
            },
          },
        }
      : {}),
    ...(services === undefined ? {} : { services: servicesLeft(services, gone, leftOut) }),
    ...(faults === undefined ? {} : { faults: keep('the fault', faults) }),
  };
}

function kept(entries: unknown, gone: ReadonlySet<string>, what: string, leftOut: (what: string) => void): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.filter((entry: unknown) => {
    if (!names(entry, gone)) return true;
    leftOut(`${what} ${textOf(entry)}`);
    return false;
  });
}

/** A service stays as long as one container serves it. */
function servicesLeft(services: unknown, gone: ReadonlySet<string>, leftOut: (what: string) => void): unknown {
  if (!Array.isArray(services)) return services;
  return services.flatMap((service: unknown) => {
    if (!isMapping(service) || !Array.isArray(service['containers'])) return [service];
    const containers = service['containers'].filter((name: unknown) => !gone.has(String(name)));
    if (containers.length === service['containers'].length) return [service];
    const missing = service['containers'].filter((name: unknown) => gone.has(String(name)));
    leftOut(`of the service ${String(service['name'])} ${missing.join(', ')}`);
    return containers.length === 0 ? [] : [{ ...service, containers }];
  });
}

/** Whether a node that is gone is named in it; `h3:eth1` names h3. */
function names(entry: unknown, gone: ReadonlySet<string>): boolean {
  if (typeof entry === 'string') return gone.has(entry.split(':', 1)[0] ?? '');
  if (Array.isArray(entry)) return entry.some((one) => names(one, gone));
  return isMapping(entry) && Object.values(entry).some((one) => names(one, gone));
}

function textOf(entry: unknown): string {
  if (Array.isArray(entry)) return entry.map(String).join(' and ');
  return isMapping(entry) ? JSON.stringify(entry) : String(entry);
}

/** Names of the hosts and containers of a file, by default h1 and h1c1. */
function nodesOf({ cluster }: Mapping): ReadonlySet<string> {
  const { hosts = 2, containers = 2 } = isMapping(cluster) ? cluster : {};
  return new Set(
    listed(hosts, 'h').flatMap(({ name, entry }) => [
      name,
      ...listed(entry['containers'] ?? containers, `${name}c`).map((container) => container.name),
    ]),
  );
}

/** Above it a scenario is refused. */
const most = 1000;

function listed(entries: unknown, prefix: string): Array<{ readonly name: string; readonly entry: Mapping }> {
  const list = typeof entries === 'number' ? Array.from({ length: Math.min(most, entries) }, () => ({})) : entries;
  if (!Array.isArray(list)) return [];
  return list.map((one: unknown, index) => {
    const entry = isMapping(one) ? one : {};
    return { name: typeof entry['name'] === 'string' ? entry['name'] : `${prefix}${index + 1}`, entry };
  });
}
