/** Lost flows, told to people: what is suspected, what was sent, expected and seen. */
import { groupBy } from '#lab/group-by.js';
import type { Evidence } from '../result/result.js';
import type { FlowResult } from '../check/flow.js';
import type { CheckContext } from '../check/contract.js';
import { counted, enumerate, flowWords, protocolWords, tallied } from '../check/words.js';
import { blame, type Suspect } from './blame.js';
import { allDifferences, type Difference, rulesetDifferences } from './differences.js';
import { type FollowedTo, follow, losingRouter } from './follow.js';
import { suspectWords } from './suspect-words.js';
import { witnessesOf } from './witnesses.js';

/** Suspects for which a packet is followed along its path: each costs the time of a lost probe. */
const followed = 3;
/** Differences from the plan that are told beside a suspect. */
const mostDrift = 3;

/** One piece of evidence for each suspect, the one with the most lost flows first. */
export async function lossEvidence(
  context: CheckContext,
  results: readonly FlowResult[],
): Promise<readonly Evidence[]> {
  const stolen = results.filter(({ delivered, receivedBy }) => !delivered && receivedBy.length > 0);
  const rest = results.filter((result) => !stolen.includes(result));
  const suspects = await blame(rest, witnessesOf(context));
  const told = await Promise.all(suspects.map((suspect, index) => explained(context, suspect, index < followed)));
  return [...stolenEvidence(stolen), ...oncePerCause(told)];
}

interface Explained {
  readonly evidence: Evidence;
  /** The place that differs from the plan, and how; absent where nothing does. */
  readonly cause?: string;
}

/** What differs at one place takes flows away in more than one way: it is one finding, and the first of its suspects is the most telling. */
function oncePerCause(told: readonly Explained[]): readonly Evidence[] {
  const byCause = groupBy(told, ({ evidence, cause = evidence.message }) => cause);
  return [...byCause.values()].flatMap(([first, ...others]) => {
    if (first === undefined || others.length === 0) return first === undefined ? [] : [first.evidence];
    const more = `lost by the same: ${enumerate(others.map(({ evidence }) => evidence.message))}`;
    return [{ ...first.evidence, seen: `${first.evidence.seen}; ${more}` }];
  });
}

async function explained(context: CheckContext, suspect: Suspect, isFollowed: boolean): Promise<Explained> {
  const { failures, scope } = suspect;
  const [first] = failures;
  const place =
    isFollowed && first !== undefined ? await follow(context, first, scope.key, failures.length) : undefined;
  const own = scope.nodes.length === 1 ? scope.nodes[0] : undefined;
  const rules = isFollowed ? await rulesetDifferences(context, filtering(suspect, place)) : [];
  const around = [...rules, ...(await driftOf(context, suspect, place))];
  // A router that has not been told of a route is not to blame for that.
  const isOwn = around.some(({ where }) => where.split(':', 1)[0] === own);
  const router = losingRouter(context, place);
  const passing = router === undefined ? [] : await allDifferences(context, [router]);
  const differences = isOwn ? [...around, ...passing] : [...passing, ...around];
  const where = router === undefined || isOwn ? mostExact(own, place, differences) : place?.where;
  const texts = differences.slice(0, mostDrift).map(({ text }) => text);
  const notes = [place?.message, ...texts];
  const evidence = {
    message: `${suspectWords(scope)} by ${protocolWords(suspect.protocols)}: ${counted(failures.length, 'flow')} lost`,
    ...(where === undefined ? {} : { where }),
    expected: 'every probe received by the socket that it was meant for, and answered',
    seen: [lossWords(failures), ...notes].filter((note) => note !== undefined).join('; '),
  };
  const isThere = differences.some((one) => one.where === where);
  return isThere ? { evidence, cause: [where, ...texts].join(' ') } : { evidence };
}

function lossWords(failures: readonly FlowResult[]): string {
  const [first] = failures;
  const half = failures.filter(({ arrived }) => arrived).length;
  const answers = half === 0 ? '' : `; ${half} of ${failures.length} arrived, and the answer was lost`;
  const example = first === undefined ? '' : `, as in ${flowWords(first)}`;
  return tallied(failures.map(({ problem }) => problem ?? 'no answer')) + example + answers;
}

/** Nodes whose rules may have taken the packet: where it was missing, and the suspects. */
function filtering({ scope }: Suspect, place: FollowedTo | undefined): readonly string[] {
  const [node] = place?.where?.split(':', 1) ?? [];
  return [...new Set([...(node === undefined ? [] : [node]), ...scope.nodes])];
}

/** An address of IPv6 that is missing explains nothing that IPv4 has lost. */
function concerns(failures: readonly FlowResult[]): (difference: Difference) => boolean {
  const families = new Set(failures.map(({ family }) => family));
  return ({ family }) => family === undefined || families.has(family);
}

/** The difference at the last place of the packet's way that has one: what comes before it let the packet through. */
function nearestToEnd(place: FollowedTo | undefined, differences: readonly Difference[]): Difference | undefined {
  const words = place?.message.split(/[\s,;]+/u) ?? [];
  const onTheWay = differences.filter(({ where }) => words.includes(where));
  return onTheWay.toSorted((a, b) => words.lastIndexOf(b.where) - words.lastIndexOf(a.where))[0];
}

/** On the packet's way the link that is not as planned, else the one where it was missing; of the suspected node. */
function mostExact(
  node: string | undefined,
  place: FollowedTo | undefined,
  differences: readonly Difference[],
): string | undefined {
  const onTheWay = nearestToEnd(place, differences)?.where;
  const places = [onTheWay, place?.where, differences[0]?.where].filter((where) => where !== undefined);
  return node === undefined ? places[0] : (places.find((where) => where.split(':', 1)[0] === node) ?? node);
}

/** How the suspected nodes differ from the plan; when they do not, the place where it was missing and the hosts of what was lost. */
async function driftOf(
  context: CheckContext,
  { scope, failures }: Suspect,
  place: FollowedTo | undefined,
): Promise<readonly Difference[]> {
  const own = (await allDifferences(context, scope.nodes)).filter(concerns(failures));
  if (own.length > 0) return own;
  const [first] = failures;
  const ends = first === undefined ? [] : [first.from, first.to];
  const lost = place?.where?.split(':', 1) ?? [];
  const around = new Set([...lost, ...ends.flatMap(({ node, host }) => [node, host ?? node])]);
  return (await allDifferences(context, [...around])).filter(concerns(failures));
}

/** Probes that arrived at somebody else: another node has the address too. */
function stolenEvidence(stolen: readonly FlowResult[]): readonly Evidence[] {
  const byThief = groupBy(stolen, ({ to, family, receivedBy }) => `${to[family]} ${receivedBy.join(' ')}`);
  return [...byThief.values()].flatMap((flows) => {
    const [first] = flows;
    if (first === undefined) return [];
    const { to, receivedBy, family } = first;
    const meant = enumerate(flows.map((flow) => flow.to.node));
    return {
      message: `what was sent to ${meant} (${to[family]}) was received by ${enumerate(receivedBy)}: ${counted(flows.length, 'flow')}`,
      where: enumerate(receivedBy),
      expected: `only ${meant} receives what is sent to ${to[family]}`,
      seen: `from ${enumerate(flows.map(({ from }) => from.node))} by ${protocolWords(flows.map(({ protocol }) => protocol))}`,
    };
  });
}
