/** Broadcasts between groups: even where no packet is routed, a frame may be flooded into another group's segment. */
import type { Endpoint, GroupPlan } from '../../plan/plan.js';
import type { CheckContext } from '../../check/contract.js';
import type { Leak } from './evidence.js';
import { observedLink } from '../../probes/observed-link.js';
import { untilQuiet } from '../../probes/patience.js';
import { broadcastMac, FrameSession } from '../../probes/test-frames.js';

const TIMES = { quietMs: 50, limitMs: 500 } as const;

interface Sender {
  readonly from: Endpoint;
  readonly group: GroupPlan;
}

/** One broadcast from every member of every group, and where it was heard that is no member. */
export async function broadcastsAcross(
  { lab, signal }: CheckContext,
  groups: readonly GroupPlan[],
): Promise<readonly Leak[]> {
  const senders = groups.flatMap((group): readonly Sender[] => membersOf(group).map((from) => ({ from, group })));
  const listeners = [...new Set(senders.map(({ from }) => from.node))];
  const heard = new Map<string, { readonly sender: Sender; readonly node: string }>();
  let total = 0;
  const session = new FrameSession(lab);
  try {
    for (const node of listeners)
      await session.watch(node, ({ sender: number, outgoing }) => {
        const sender = senders[number];
        total += 1;
        if (outgoing || sender === undefined || isMember(sender.group, node)) return;
        heard.set(`${number} ${node}`, { sender, node });
      });
    const links = await Promise.all(senders.map(({ from }) => observedLink(lab, from)));
    for (const [number, { from }] of senders.entries()) {
      const mac = links[number]?.mac;
      const place = { node: from.node, link: from.link };
      if (mac !== undefined)
        await session.send({ ...place, mac }, { destination: broadcastMac, sender: number, sequence: 0 });
    }
    await untilQuiet(() => total, TIMES, signal);
  } finally {
    session.close();
  }
  return [...heard.values()].map(({ sender: { from, group }, node }) => ({
    from,
    to: senders.find((sender) => sender.from.node === node)?.from ?? from,
    message: `${node} hears the broadcasts of ${from.node}, with which it shares no group`,
    expected: `only members of ${group.group.name} hear them`,
    seen: `a frame from ${from.node}:${from.link} in ${node}`,
  }));
}

const membersOf = ({ endpoints }: GroupPlan): readonly Endpoint[] =>
  endpoints.filter(({ role }) => role === 'container');

function isMember(group: GroupPlan, node: string): boolean {
  return membersOf(group).some((end) => end.node === node);
}
