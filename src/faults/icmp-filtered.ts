import { LabError } from '#lab/errors.js';
import type { LabNode } from '#lab/lab.js';
import type { EchoRequest } from '#lab/sockets.js';
import { patiently } from '../probes/patience.js';
import type { IcmpFiltered } from '../scenario/fault.js';
import type { Fault } from './contract.js';
import { droppedBy, filtering, loadTable, removeTable, tableName } from './firewall.js';
import { nodeProblem } from './places.js';

const ANSWER_MS = 1_000;
const table = tableName('inet', 'icmp');
/** Errors and echo of both families. Neighbour discovery stays: without it nothing at all would work over IPv6. */
const rules = `meta l4proto icmp counter drop
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, echo-reply } counter drop`;
/** What it forwards, what is for itself, and what it says itself. */
const chains = ['forward', 'input', 'output']
  .map(
    (hook) =>
      `  chain ${hook} {\n    type filter hook ${hook} priority filter - 10; policy accept;\n    ${rules}\n  }\n`,
  )
  .join('');

/** As of many firewalls whose owners fear ICMP: who sends packets that are too large is told nothing. */
export const icmpFiltered: Fault<IcmpFiltered> = {
  name: 'icmp-filtered',
  title: 'a node drops ICMP: the errors that tell senders of the path MTU, and echo',
  needs: filtering,
  problem: ({ node }, plan) => nodeProblem(plan, node),
  subject: ({ node }) => `ICMP of ${node}`,
  async apply({ node: name }, { lab, signal }) {
    const node = lab.node(name);
    await loadTable(node, table, chains);
    const mend = async (): Promise<string> => {
      const now = lab.nodes.get(name);
      if (now === undefined) return `${name} is not there any more`;
      await removeTable(now, table);
      if (await echoes(now, signal)) return `${name} answers its own echo request`;
      throw new LabError(`${name} does not answer its own echo request, although nothing filters it`);
    };
    await echo(node, 1);
    if ((await droppedBy(node, table)) > 0) return { seen: `${name} dropped its own echo request`, mend };
    await mend();
    throw new LabError(`${name} still sends ICMP`);
  },
};

const IDENTIFIER = 0x88b5;

/** To itself: the loopback interface is always there. */
async function echo(node: LabNode, sequence: number): Promise<void> {
  const socket = await node.sockets.icmp({ family: 'ipv4' });
  try {
    // When it is refused the counter tells why.
    await socket.sendRequests([selfRequest(sequence)]);
  } finally {
    socket.close();
  }
}

const selfRequest = (sequence: number): EchoRequest => ({
  address: '127.0.0.1',
  identifier: IDENTIFIER,
  sequence,
  payload: Buffer.alloc(8),
});

async function echoes(node: LabNode, signal: AbortSignal): Promise<boolean> {
  const socket = await node.sockets.icmp({ family: 'ipv4' });
  let answered = false;
  socket.onMessage = (message) => {
    answered ||= message.kind === 'reply' && message.identifier === IDENTIFIER;
  };
  try {
    socket.sendRequest(selfRequest(2));
    return await patiently(() => answered, ANSWER_MS, signal);
  } finally {
    socket.close();
  }
}
