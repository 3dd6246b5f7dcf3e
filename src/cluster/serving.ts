import { groupBy } from '#lab/group-by.js';
import type { NamedService } from '../scenario/scenario.js';

/** Tells which services a container serves, in the order of the scenario. */
export function servicesByContainer(
  services: readonly NamedService[],
): (container: { readonly name: string }) => readonly NamedService[] {
  const served = groupBy(
    services.flatMap((service) => [...new Set(service.containers)].map((container) => ({ container, service }))),
    ({ container }) => container,
  );
  return ({ name }) => (served.get(name) ?? []).map(({ service }) => service);
}
