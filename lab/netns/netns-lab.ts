import { LabError } from '../errors.js';
import type { Lab, LabNode, NeighbourTable, ObservedListener, ObservedProcess } from '../lab.js';
import { type LockFiles, MachineLock } from '../machine/lock.js';
import { MachineNeighbourTable, type MachineView } from '../machine/neighbour-table.js';
import { Supervisor } from '../services/supervisor.js';
import type { UnexpectedExit } from '../services/service.js';
import type { NodeState } from '../state.js';
import { applyStates } from './apply.js';
import { listListeners } from './listeners.js';
import type { NetnsNode } from './node.js';
import { listProcesses } from './processes.js';

/** Below the sandbox's own /run, so that they vanish with it. */
const SERVICE_FOLDERS = { logDirectory: '/run/netlab/log', filesRoot: '/run' };

/** A lab made of network namespaces of this kernel, all held by this process. */
export class NetnsLab implements Lab {
  readonly #nodes = new Map<string, NetnsNode>();
  readonly neighbourTable: NeighbourTable;
  readonly #measurementLock: MachineLock;
  readonly #exits: UnexpectedExit[] = [];
  readonly #supervisor = new Supervisor({
    ...SERVICE_FOLDERS,
    onUnexpectedExit: (exit) => void this.#exits.push(exit),
  });

  /** @param measurementLock files that labs lock one another out with while they measure throughput or outage */
  constructor(machine: MachineView, measurementLock: LockFiles | undefined) {
    this.neighbourTable = new MachineNeighbourTable(machine);
    this.#measurementLock = new MachineLock(measurementLock);
  }

  get nodes(): ReadonlyMap<string, LabNode> {
    return this.#nodes;
  }

  /** Inodes of the nodes' namespaces: what must be gone in the end. */
  get namespaceInodes(): readonly number[] {
    return [...this.#nodes.values()].map((node) => node.namespace.inode);
  }

  node(name: string): NetnsNode {
    const node = this.#nodes.get(name);
    if (node === undefined)
      throw new LabError(`there is no node "${name}" in this lab: it has ${[...this.#nodes.keys()].join(', ')}`);
    return node;
  }

  async apply(states: readonly NodeState[], onProgress?: (done: number) => void): Promise<void> {
    await applyStates(this.#nodes, states, onProgress);
    const serving = states
      .filter(({ services }) => services.length > 0)
      .map((state) => ({ state, node: this.node(state.name) }));
    await Promise.all(
      serving.map(({ state, node }) =>
        this.#supervisor.start({ node: node.name, namespace: node.namespace }, state.services),
      ),
    );
  }

  /** Services that ended although nobody stopped them. */
  get deadServices(): readonly UnexpectedExit[] {
    return this.#exits;
  }

  async remove(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#supervisor.stop(name)));
    for (const name of names) {
      this.node(name).destroy();
      this.#nodes.delete(name);
      for (const node of this.#nodes.values()) node.dropCablesTo(name);
    }
  }

  processes(): readonly ObservedProcess[] {
    return listProcesses(this.#nodes.values());
  }

  listeners(): readonly ObservedListener[] {
    return listListeners(this.#nodes.values());
  }

  exclusively<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#measurementLock.hold(work, signal);
  }
}
