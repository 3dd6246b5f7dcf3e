/** A lab whose far end answers only in a later turn and takes and gives nothing but data. */
import { LabError } from '#lab/errors.js';
import type { Lab, LabNode, LabProgram, NeighbourTable } from '#lab/lab.js';
import type { NodeSockets, TcpConnection } from '#lab/sockets.js';
import type { NodeState } from '#lab/state.js';
import type { NodeSwitches } from '#lab/switches.js';
import { asked, nearEnd } from './handle.js';
import type { Shape } from './shape.js';
import { carried, type Wire } from './wire.js';

const connection: Shape<TcpConnection> = {
  known: { peer: true },
  asked: {},
  sent: { write: true, end: true, reset: true, close: true },
  events: { onConnect: 'data', onData: 'data', onEnd: 'data', onError: 'data', onClose: 'data' },
  parts: {},
};

const sockets: Shape<NodeSockets> = {
  known: {},
  sent: {},
  events: {},
  parts: {},
  asked: {
    udp: {
      known: { port: true },
      asked: {},
      sent: { send: true, close: true },
      events: { onMessage: 'data', onRefused: 'data', onError: 'data' },
      parts: {},
    },
    icmp: {
      known: {},
      asked: { sendRequests: 'data' },
      sent: { sendRequest: true, close: true },
      events: { onMessage: 'data', onRefused: 'data' },
      parts: {},
    },
    packet: {
      known: {},
      asked: { sendBurst: 'data', takeDropped: 'data' },
      sent: { send: true, close: true },
      events: { onFrame: 'data', onRefused: 'data' },
      parts: {},
    },
    listenTcp: {
      known: { port: true },
      asked: {},
      sent: { close: true },
      events: { onConnection: connection },
      parts: {},
    },
    connectTcp: connection,
  },
};

const switches: Shape<NodeSwitches> = {
  known: {},
  asked: { observe: 'data', count: 'data', open: 'data', forgetPaths: 'data' },
  sent: {},
  events: {},
  parts: {},
};

const program: Shape<LabProgram> = { known: {}, asked: { ended: 'data' }, sent: { kill: true }, events: {}, parts: {} };

const node: Shape<LabNode> = {
  known: { state: true },
  asked: {
    observe: 'data',
    readFile: 'data',
    sysctls: 'data',
    ruleset: 'data',
    routing: 'data',
    run: 'data',
    start: program,
    setLink: 'data',
    limitRate: 'data',
    remember: 'data',
    restore: 'data',
    missing: 'data',
    changeRules: 'data',
    rules: 'data',
    forgetNeighbours: 'data',
    forgetPaths: 'data',
  },
  sent: {},
  events: {},
  parts: { sockets, switches },
};

const neighbourTable: Shape<NeighbourTable> = {
  known: {},
  asked: {
    askForWindow: { known: {}, asked: { begun: 'data', end: 'data' }, sent: {}, events: {}, parts: {} },
    windowEntries: 'data',
  },
  sent: {},
  events: {},
  parts: {},
};

/** What the near end has itself: the nodes by name, and labs, which are made of this again. */
type Near = 'nodes' | 'node' | 'beside';

const lab: Shape<Omit<Lab, Near>> = {
  known: {},
  asked: {
    apply: 'data',
    remove: 'data',
    crash: 'data',
    restart: 'data',
    processes: 'data',
    services: 'data',
    signal: 'data',
    listeners: 'data',
    firstDeath: 'data',
    waits: 'data',
    askForMachine: { known: {}, asked: { begun: 'data', end: 'data' }, sent: {}, events: {}, parts: {} },
  },
  sent: {},
  events: {},
  parts: { neighbourTable },
};

/** Calls that change which nodes there are, or what they were asked to have: their answers tell it. */
const changing = ['apply', 'remove', 'crash', 'restart'] as const;

interface Kept {
  readonly far: LabNode;
  readonly near: LabNode;
}

export function farLab(far: Lab, wire: Wire): Lab {
  const kept = new Map<string, Kept>();
  const nodes = new Map<string, LabNode>();
  const learn = (): void => {
    const present = [...far.nodes].map(([name, own]) => ({ name, own, state: carried(own.state) }));
    wire.post(() => keep(present));
  };
  const keep = (present: ReadonlyArray<{ name: string; own: LabNode; state: NodeState }>): void => {
    nodes.clear();
    for (const { name, own, state } of present) {
      const known = kept.get(name);
      const one = known?.far === own ? known : { far: own, near: nearEnd(node, own, wire) };
      kept.set(name, one);
      nodes.set(name, Object.assign(one.near, { state }));
    }
  };
  const own = nearEnd<Omit<Lab, Near>>(lab, far, wire);
  const near = (name: string): LabNode => {
    const found = nodes.get(name);
    if (found === undefined)
      throw new LabError(`there is no node "${name}" in this lab: it has ${[...nodes.keys()].join(', ')}`);
    return found;
  };
  const beside = (): Promise<Lab> => asked(async () => farLab(await far.beside(), wire), wire);
  const changes = Object.fromEntries(
    changing.map((name) => {
      const call = far[name].bind(far) as (...parameters: unknown[]) => Promise<void>;
      const change = async (...parameters: unknown[]): Promise<void> => {
        const copies = carried(parameters);
        await asked(() => call(...copies).finally(learn), wire);
      };
      return [name, change];
    }),
  );
  return { ...own, ...(changes as Pick<Lab, (typeof changing)[number]>), nodes, node: near, beside };
}
