/** Containers that come to serve, and how they fall silent. */
import type { Lab } from '#lab/lab.js';
import { emptyNode } from '#lab/state.js';
import { servicesOf } from '../../discovery/decorate.js';
import type { Endpoint } from '../../plan/plan.js';
import type { NamedService } from '../../scenario/scenario.js';
import { ownerOf } from '../../trace/cable-path.js';
import type { CheckContext } from '../../check/contract.js';

/** Where free ports are looked for, above those of services. */
const FIRST_PORT = 9_000;
const MOST_TRIED = 100;

/** A container more, and what it serves. */
export interface Server {
  readonly guest: Endpoint;
  readonly service: NamedService;
}

/**
 * The service, or where the container has no network of its own another one for it alone: its host's port may be taken, and by
 * the address nobody would tell it from the others.
 */
export async function serverOf(lab: Lab, service: NamedService, guest: Endpoint, index: number): Promise<Server> {
  const owner = ownerOf(lab, guest.node);
  if (owner === guest.node) return { guest, service };
  const taken = new Set((await lab.listeners()).flatMap(({ node, socket }) => (node === owner ? [socket] : [])));
  const free = Array.from({ length: MOST_TRIED }, (_, i) => FIRST_PORT + i).filter((port) => !taken.has(`tcp/${port}`));
  const name = `${service.name}-of-${guest.node}`;
  return { guest, service: { name, port: free[index] ?? FIRST_PORT + index, containers: [] } };
}

/** As the plan does for its own containers. */
export async function serve({ plan, lab }: CheckContext, servers: readonly Server[]): Promise<void> {
  const states = servers.flatMap(({ guest, service }) => {
    const host = guest.host ?? '';
    const container = {
      name: guest.node,
      host,
      ipv4: guest.ipv4,
      mac: guest.mac ?? '',
      assigned: 'automatic',
    } as const;
    const own = servicesOf(plan.scenario.discovery, plan.cluster, container, [service]);
    return [
      { ...emptyNode(guest.node, 'container', host), services: own.container },
      { ...emptyNode(host, 'host'), services: own.host },
    ];
  });
  await lab.apply(states);
}

/** Its cable is pulled; where that is its host's, its server is killed. */
export async function silence(lab: Lab, { guest, service }: Server): Promise<void> {
  if (ownerOf(lab, guest.node) === guest.node) return await lab.node(guest.node).setLink(guest.link, { up: false });
  const services = await lab.services();
  const server = services.find(({ node, state }) => node === guest.node && state.name === `service-${service.name}`);
  if (server !== undefined) await lab.signal(server, 'SIGKILL');
}
