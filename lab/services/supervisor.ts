/** The services of a whole lab. */
import { LabError } from '../errors.js';
import type { ServiceState } from '../state.js';
import { ConfiguredService, type Site, type StartedService, type StoppedService } from './service.js';

/** What all services of a lab have in common. */
export type Common = Omit<Site, 'node' | 'namespace'>;
type Place = Pick<Site, 'node' | 'namespace'>;

/** Starts services in nodes, keeps them, stops them. */
export class Supervisor {
  readonly #common: Common;
  readonly #running = new Map<string, StartedService[]>();

  constructor(common: Common) {
    this.#common = common;
  }

  /**
   * Starts services in a node one after the other, because one may need those before it. Nodes may be served in parallel.
   * @throws ServiceError for the first that does not get ready; those before it run on
   */
  async start(place: Place, services: readonly ServiceState[]): Promise<void> {
    for (const state of services) {
      const running = this.of(place.node);
      if (running.some(({ name }) => name === state.name))
        throw new LabError(`${place.node}: two services are called ${state.name}`);
      const started = await new ConfiguredService(state, { ...this.#common, ...place }).start();
      this.#running.set(place.node, [...this.of(place.node), started]);
    }
  }

  /** The services of a node, in the order of their start. */
  of(node: string): readonly StartedService[] {
    return this.#running.get(node) ?? [];
  }

  /** Stops the services of a node, the last one first. A node without any is no error. */
  async stop(node: string): Promise<StoppedService[]> {
    const stopped: StoppedService[] = [];
    for (const service of this.of(node).toReversed()) stopped.push(await service.stop());
    this.#running.delete(node);
    return stopped;
  }

  /** Stops everything, nodes side by side. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((node) => this.stop(node)));
  }
}
