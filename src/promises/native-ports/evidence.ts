/** Services that did not answer, or that somebody else answered for. */
import { groupBy } from '#lab/group-by.js';
import type { Evidence } from '../../result/result.js';
import type { FlowResult } from '../../check/flow.js';
import { blame, type Suspect } from '../../blame/blame.js';
import { differencesOf } from '../../blame/differences.js';
import { suspectWords } from '../../blame/suspect-words.js';
import type { CheckContext } from '../../check/contract.js';
import { counted, enumerate, protocolWords, tallied } from '../../check/words.js';
import type { ServiceAnswer } from './clients.js';

export async function serviceEvidence(
  context: CheckContext,
  port: number,
  answers: readonly ServiceAnswer[],
): Promise<readonly Evidence[]> {
  const mistaken = answers.filter(({ answeredBy, to }) => answeredBy !== undefined && answeredBy !== to.node);
  const others = answers.filter((answer) => !mistaken.includes(answer));
  const suspects = await blame(others.map(asFlow));
  return [
    ...mistakenEvidence(port, mistaken),
    ...(await Promise.all(suspects.map((suspect) => silenceEvidence(context, port, suspect)))),
  ];
}

function asFlow({ from, to, protocol, answeredBy, problem }: ServiceAnswer): FlowResult {
  const delivered = answeredBy === to.node;
  const flow = {
    from,
    to,
    protocol,
    family: 'ipv4',
    delivered,
    arrived: delivered,
    receivedBy: [],
    overflowed: false,
  } as const;
  return problem === undefined ? flow : { ...flow, problem };
}

/** Is it this port only, or does nothing get there? The same flows at another port tell. */
async function silenceEvidence(context: CheckContext, port: number, suspect: Suspect): Promise<Evidence> {
  const { failures, scope, protocols } = suspect;
  const elsewhere = await context.flows.measure(
    failures.map(({ from, to, protocol, family }) => ({ from, to, protocol, family })),
  );
  const others = elsewhere.filter(({ delivered }) => delivered).length;
  const contrast =
    others === failures.length
      ? `at another port all of them are answered: port ${port} is blocked`
      : `at another port ${others} of ${failures.length} are answered`;
  return {
    message: `${suspectWords(scope)} at port ${port} by ${protocolWords(protocols)}: ${counted(failures.length, 'request')} of ${enumerate(failures.map(({ from }) => from.node))} not answered`,
    ...(scope.nodes.length === 1 && scope.nodes[0] !== undefined ? { where: scope.nodes[0] } : {}),
    expected: `${enumerate(failures.map(({ to }) => `${to.node} (${to.ipv4}:${port})`))} answering itself`,
    seen: [
      tallied(failures.map(({ problem }) => problem ?? 'no answer')),
      contrast,
      ...(await differencesOf(context, scope.nodes)),
    ].join('; '),
  };
}

function mistakenEvidence(port: number, mistaken: readonly ServiceAnswer[]): readonly Evidence[] {
  const groups = groupBy(mistaken, ({ to, answeredBy }) => `${to.node} ${answeredBy}`).values();
  return [...groups].flatMap((group) => {
    const [first] = group;
    if (first?.answeredBy === undefined) return [];
    const { to, answeredBy } = first;
    return [
      {
        message: `${to.ipv4}:${port}, the address of ${to.node}, was answered by ${answeredBy}`,
        where: answeredBy,
        expected: `${to.node} answers at its own address`,
        seen: `${answeredBy}, asked by ${enumerate(group.map(({ from }) => from.node))} by ${protocolWords(group.map(({ protocol }) => protocol))}`,
      },
    ];
  });
}
