/** Reachability: the same measurement for every promise that says who reaches whom. */
import type { Family } from '#lab/sockets.js';
import type { CheckOutcome, Observation } from '../result/result.js';
import type { FlowResult } from '../check/flow.js';
import { lossEvidence } from '../blame/loss.js';
import type { CheckContext } from '../check/contract.js';
import { allProtocols, coverageOf, type Direction, repeatNote, requestsFor } from './directions.js';
import { failed, type Measured, overflowed, passed, skipped } from '../check/outcome.js';
import { counted, flowWords } from '../check/words.js';

export interface ReachabilityQuestion {
  /** `flows between containers` */
  readonly what: string;
  readonly directions: readonly Direction[];
  readonly family?: Family;
  /** Said when there is no pair at all. */
  readonly impossible: { readonly reason: string; readonly remedy: string };
}

/** ICMP, TCP and UDP for every pair of the question. */
export async function measureReachability(
  context: CheckContext,
  question: ReachabilityQuestion,
): Promise<CheckOutcome> {
  const { directions, family, impossible } = question;
  const requests = requestsFor(directions, allProtocols, family);
  if (requests.length === 0) return skipped(impossible.reason, impossible.remedy);
  const results = await context.flows.measure(requests);
  const lost = results.filter(({ delivered }) => !delivered);
  const measured: Measured = {
    summary: summaryOf(question.what, possibleFlows(directions), results.length, lost.length),
    coverage: coverageOf(directions, allProtocols) + repeatNote(results),
    observations: observationsOf(directions, results),
  };
  if (lost.length === 0) return passed(measured);
  return await judgeLost(context, measured, results);
}

/** A flow that was lost while the neighbour table overflowed proves nothing. */
async function judgeLost(
  context: CheckContext,
  measured: Measured,
  results: readonly FlowResult[],
): Promise<CheckOutcome> {
  const proven = results.filter((result) => result.delivered || !result.overflowed);
  const [first, ...doubtful] = results.filter((result) => !proven.includes(result));
  if (proven.every(({ delivered }) => delivered) && first !== undefined)
    return overflowed(
      `${counted(doubtful.length + 1, 'flow')} lost meanwhile, the first ${flowWords(first)}`,
      measured,
    );
  return failed(measured, await lossEvidence(context, proven));
}

/** How many flows there are; those that were measured stand for them. */
function possibleFlows(directions: readonly Direction[]): number {
  return directions.reduce((sum, { possible }) => sum + possible, 0) * allProtocols.length;
}

function summaryOf(what: string, possible: number, measured: number, lost: number): string {
  if (measured < possible) {
    const how = lost === 0 ? 'all delivered and answered' : `${lost} not delivered`;
    return `covering design: ${measured} of ${possible} ${what} probed, ${how}`;
  }
  if (lost === 0) return `all ${measured} ${what} were delivered and answered`;
  return lost === measured
    ? `none of ${measured} ${what} was delivered`
    : `${lost} of ${measured} ${what} were not delivered`;
}

function observationsOf(directions: readonly Direction[], results: readonly FlowResult[]): readonly Observation[] {
  let offset = 0;
  return directions.flatMap(({ name, pairs }) => {
    const own = results.slice(offset, (offset += pairs.length * allProtocols.length));
    return [
      { name: 'flowsMeasured', subject: name, value: own.length },
      { name: 'flowsDelivered', subject: name, value: own.filter(({ delivered }) => delivered).length },
    ];
  });
}
