import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { LabError } from '../errors.js';
import type { NetworkNamespace } from '../kernel/namespace.js';
import type { DeadService, Lab, LabNode, LabService, ObservedListener, ObservedProcess, Waits } from '../lab.js';
import { HeldTurn } from '../machine/held-turn.js';
import type { MachineLock } from '../machine/lock.js';
import type { MachineNeighbourTable } from '../machine/neighbour-table.js';
import type { UnexpectedExit } from '../services/service.js';
import { type Place as NodeSite, Supervisor } from '../services/supervisor.js';
import { type NodeState, servicesRoot } from '../state.js';
import { applyStates } from './apply.js';
import { listListeners } from './listeners.js';
import type { NetnsNode } from './node.js';
import { Place } from './place.js';
import { listProcesses } from './processes.js';
import { relocated } from './relocate.js';
import { reshape, withdrawFallen } from './reshape.js';
import { restoreNode } from './restore.js';
import { stagesOf } from '../stages.js';

/** Below the sandbox's own /run, so that they vanish with it. */
const LOG_DIRECTORY = '/run/netlab/log';
const FILES_ROOT = '/run';

/** A lab made of network namespaces of this kernel, all held by this process. */
export class NetnsLab implements Lab {
  readonly #nodes = new Map<string, NetnsNode>();
  readonly #places = new Map<string, Place>();
  readonly neighbourTable: MachineNeighbourTable;
  readonly #measurementLock: MachineLock;
  #exits: readonly UnexpectedExit[] = [];
  readonly #supervisor: Supervisor;
  readonly #firstDeath: Promise<DeadService>;
  #tellDeath: (death: DeadService) => void = () => {};
  /** Told apart by a number, the first one has none. */
  #siblings = 0;
  readonly #place: string;

  /** @param measurementLock what labs lock one another out with while they measure throughput or outage */
  constructor(neighbourTable: MachineNeighbourTable, measurementLock: MachineLock, place = '') {
    this.neighbourTable = neighbourTable;
    this.#measurementLock = measurementLock;
    this.#place = place;
    this.#firstDeath = new Promise((resolve) => {
      this.#tellDeath = resolve;
    });
    this.#supervisor = new Supervisor({
      logDirectory: `${LOG_DIRECTORY}${place}`,
      filesRoot: FILES_ROOT,
      onUnexpectedExit: (exit) => {
        this.#exits = [...this.#exits, exit];
        this.#tellDeath(deathOf(exit));
      },
    });
    this.beside = async () => {
      this.#siblings += 1;
      return new NetnsLab(neighbourTable.beside(), measurementLock, `${place}-${this.#siblings}`);
    };
  }

  readonly beside: () => Promise<NetnsLab>;

  get nodes(): ReadonlyMap<string, LabNode> {
    return this.#nodes;
  }

  node(name: string): NetnsNode {
    const node = this.#nodes.get(name);
    if (node === undefined)
      throw new LabError(`there is no node "${name}" in this lab: it has ${[...this.#nodes.keys()].join(', ')}`);
    return node;
  }

  async apply(states: readonly NodeState[], onProgress?: (done: number) => void): Promise<void> {
    const { early, late } = stagesOf(relocated(states, this.#place));
    await applyStates(this.#nodes, early, onProgress);
    for (const state of early) this.#makeFolders(state);
    await Promise.all(early.map((state) => this.#serve(state)));
    if (late.length > 0) await applyStates(this.#nodes, late);
  }

  /** Before anything runs: who has none is not in this lab. */
  #makeFolders({ name, services }: NodeState): void {
    for (const service of services)
      mkdirSync(`${servicesRoot}${this.#place}/${name}/${service.name}`, { recursive: true });
  }

  async #serve({ name, services }: NodeState): Promise<void> {
    if (services.length === 0) return;
    const site = this.#siteOf(name);
    for (const service of services) this.placeOf(name).show(service);
    await this.#supervisor.start(site, services);
  }

  #siteOf(node: string): NodeSite {
    const namespaceOf = (name: string): NetworkNamespace => this.node(name).namespace;
    return { node, namespace: namespaceOf(node), namespaceOf, place: this.placeOf(node) };
  }

  /** A node's files, made when they are needed. */
  placeOf(name: string): Place {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const { namespace, state } = this.node(name);
    const place = new Place(name, namespace, this.#place);
    for (const service of state.services) place.show(service);
    this.#places.set(name, place);
    return place;
  }

  /** Services that ended although nobody stopped them. */
  get deadServices(): readonly DeadService[] {
    return this.#exits.map(deathOf);
  }

  firstDeath(): Promise<DeadService> {
    return this.#firstDeath;
  }

  async remove(names: readonly string[]): Promise<void> {
    const before = this.#supervisor.services();
    await Promise.all(names.map((name) => this.#supervisor.stop(name)));
    this.#removeFiles(before.filter(({ node }) => !names.includes(node)));
    this.#destroy(names);
  }

  /**
   * Of those services that have ended, as one does that ran inside another node. The next one of the name is not to be taken
   * for it by whoever looks after the services of his node.
   */
  #removeFiles(services: readonly LabService[]): void {
    const kept = new Set(this.#supervisor.services().map(({ node, state }) => `${node}/${state.name}`));
    const ended = services.map(({ node, state }) => `${node}/${state.name}`).filter((name) => !kept.has(name));
    for (const name of ended) rmSync(`${servicesRoot}${this.#place}/${name}`, { recursive: true, force: true });
  }

  async crash(names: readonly string[]): Promise<void> {
    const gone = new Set(names);
    const states = names.map((name) => this.node(name).state);
    for (const name of names) this.node(name).loseCarriers();
    for (const [name, node] of this.#nodes) if (!gone.has(name)) node.settleCablesTo(gone);
    await Promise.all(names.map((name) => this.#supervisor.kill(name)));
    for (const { pid, node = '' } of await this.processes()) if (gone.has(node)) killIfThere(pid);
    this.#destroy(names);
    for (const state of states) this.#wipe(state);
  }

  /** What a reboot leaves of a node's files. */
  #wipe({ name, services }: NodeState): void {
    const folder = `${servicesRoot}${this.#place}/${name}`;
    for (const service of readdirIfThere(folder)) {
      const { keeps = [] } = services.find((one) => one.name === service) ?? {};
      for (const file of readdirIfThere(`${folder}/${service}`))
        if (!keeps.includes(file)) rmSync(`${folder}/${service}/${file}`, { recursive: true, force: true });
    }
  }

  async restart(node: string, service: string): Promise<void> {
    const target = this.node(node);
    await this.#supervisor.restart(this.#siteOf(node), service);
    this.#exits = this.#exits.filter((exit) => exit.node !== node || exit.service !== service);
    await reshape(target, service);
    const fallen = withdrawFallen(target);
    if (fallen === undefined) return;
    await applyStates(this.#nodes, [fallen]);
    restoreNode(target);
  }

  #destroy(names: readonly string[]): void {
    const gone = new Set(names);
    // What died of services that were those nodes' is no news any more.
    const kept = this.#supervisor.services();
    this.#exits = this.#exits.filter((exit) =>
      kept.some(({ node, state }) => node === exit.node && state.name === exit.service),
    );
    for (const name of names) {
      this.#places.get(name)?.close();
      this.#places.delete(name);
      this.node(name).destroy(gone);
      this.#nodes.delete(name);
    }
    for (const node of this.#nodes.values()) node.dropCablesTo(gone);
  }

  async services(): Promise<readonly LabService[]> {
    return this.#supervisor.services();
  }

  async signal(service: LabService, signal: NodeJS.Signals): Promise<boolean> {
    return this.#supervisor.signal(service, signal);
  }

  async processes(): Promise<readonly ObservedProcess[]> {
    return listProcesses(this.#nodes.values());
  }

  async listeners(): Promise<readonly ObservedListener[]> {
    return listListeners(this.#nodes.values());
  }

  async waits(): Promise<Waits> {
    const [one, other] = [this.neighbourTable.lock.waits, this.#measurementLock.waits];
    const longer = one.nowMs > other.nowMs ? one : other;
    return { ...longer, totalMs: one.totalMs + other.totalMs };
  }

  async askForMachine(): ReturnType<Lab['askForMachine']> {
    const lock = this.#measurementLock;
    return new HeldTurn(async (work, signal) => {
      await lock.hold((isAlone) => work({ isAlone }), signal);
      return null;
    });
  }
}

function deathOf({ node, service, exit }: UnexpectedExit): DeadService {
  return { node, service, how: exit.kind === 'killed' ? exit.signal : `exit code ${exit.code}` };
}

function readdirIfThere(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended while we looked.
  }
}
