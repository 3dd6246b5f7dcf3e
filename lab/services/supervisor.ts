/** The services of a whole lab. */
import { LabError } from '../errors.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { LabService } from '../lab.js';
import type { ServiceState } from '../state.js';
import { ConfiguredService, type Site, type StartedService, type StoppedService } from './service.js';

/** What all services of a lab have in common. */
export type Common = Omit<Site, 'node' | 'namespace' | 'place'>;

/** The node that services belong to, and how others are found that they run inside of. */
export interface Place extends Pick<Site, 'node' | 'namespace' | 'place'> {
  /** Needed by services that run inside another node. @throws LabError when there is none of that name */
  readonly namespaceOf?: (node: string) => NetworkNamespace;
}

interface Running {
  readonly service: StartedService;
  /** Node that it belongs to. */
  readonly owner: string;
  /** Nodes whose end ends it: its own, the one it runs inside of, the one it works for. */
  readonly needs: ReadonlySet<string>;
}

/** Starts services in nodes, keeps them, stops them. */
export class Supervisor {
  readonly #common: Common;
  #running: readonly Running[] = [];

  constructor(common: Common) {
    this.#common = common;
  }

  /**
   * Starts services of a node one after the other, because one may need those before it. Nodes may be served in parallel.
   * @throws ServiceError for the first that does not get ready; those before it run on
   */
  async start(place: Place, services: readonly ServiceState[]): Promise<void> {
    for (const state of services) {
      if (this.of(place.node).some(({ name }) => name === state.name))
        throw new LabError(`${place.node}: two services are called ${state.name}`);
      const files = place.place === undefined ? {} : { place: place.place };
      const site = { ...this.#common, ...files, node: place.node, namespace: namespaceFor(place, state) };
      const configured = new ConfiguredService(state, site);
      if (state.ready.kind === 'done') await configured.run();
      else this.#keep(await configured.start(), place.node, state);
    }
  }

  #keep(service: StartedService, owner: string, { inside = owner, until = owner }: ServiceState): void {
    this.#running = [...this.#running, { service, needs: new Set([owner, inside, until]), owner }];
  }

  /** The services of a node, in the order of their start. */
  of(node: string): readonly StartedService[] {
    return this.#running.filter(({ owner }) => owner === node).map(({ service }) => service);
  }

  /** Everything that was started and not stopped. */
  services(): readonly LabService[] {
    return this.#running.map(({ service, owner }) => ({
      node: owner,
      state: service.state,
      pid: service.pid,
      isRunning: service.isRunning,
    }));
  }

  /** Signals the first process of a service alone. @returns false when it has ended */
  signal({ node, pid }: LabService, signal: NodeJS.Signals): boolean {
    return this.#running.some(({ service, owner }) => owner === node && service.pid === pid && service.signal(signal));
  }

  /** Stops the services of a node, and those of others that run inside it or for it; the last one first. None is no error. */
  async stop(node: string): Promise<StoppedService[]> {
    return await this.#stop(({ needs }) => needs.has(node));
  }

  /** Kills them instead, all at once. */
  async kill(node: string): Promise<void> {
    const meant = this.#running.filter(({ needs }) => needs.has(node));
    await Promise.all(meant.map(({ service }) => service.kill()));
    this.#running = this.#running.filter((running) => !meant.includes(running));
  }

  /** Ends what is left of a service and starts it once more. @throws LabError when the node has none of that name, or as {@link start} */
  async restart(place: Place, name: string): Promise<void> {
    const before = this.#running.find(({ owner, service }) => owner === place.node && service.name === name);
    if (before === undefined) throw new LabError(`${place.node} has no service ${name}`);
    await before.service.kill();
    const others = this.#running.filter((running) => running !== before);
    this.#running = others;
    try {
      await this.start(place, [before.service.state]);
    } catch (error) {
      this.#running = [...others, before];
      throw error;
    }
  }

  /** Stops everything, nodes side by side. */
  async stopAll(): Promise<void> {
    await Promise.all([...new Set(this.#running.map(({ owner }) => owner))].map((node) => this.stop(node)));
  }

  async #stop(isMeant: (running: Running) => boolean): Promise<StoppedService[]> {
    const stopped: StoppedService[] = [];
    for (const { service } of this.#running.filter(isMeant).toReversed()) stopped.push(await service.stop());
    this.#running = this.#running.filter((running) => !isMeant(running));
    return stopped;
  }
}

function namespaceFor(place: Place, { inside, name }: ServiceState): NetworkNamespace {
  if (inside === undefined || inside === place.node) return place.namespace;
  if (place.namespaceOf === undefined)
    throw new LabError(`${place.node}: service ${name} runs inside ${inside}, which is not known here`);
  return place.namespaceOf(inside);
}
