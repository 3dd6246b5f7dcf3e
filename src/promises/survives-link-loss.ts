/**
 * # survives-link-loss
 *
 * Flows find another way when a link between hosts is lost, in the time that the design allows.
 *
 * ## What it asks
 *
 * Is there redundancy, and how long is the outage?
 *
 * ## How it is measured
 *
 * A small copy of the design is built beside the lab. Flows between containers of different hosts are probed every 10
 * ms while a link that carries them is cut, one that has another beside it where there is any. The outage of each flow
 * is told in milliseconds.
 *
 * ## Its limit
 *
 * Two to six hosts, one container each. A link that carries no traffic proves nothing and is not cut.
 *
 * ## What breaks it
 *
 * A single cable, a spanning tree that is off or slow, dead-peer timers that are too long.
 *
 * ## What to do
 *
 * Compare the outage with the protocol's timers in the report: forward delay, hold time, BFD interval.
 */
import { faultOf } from '../faults/index.js';
import type { CheckOutcome } from '../result/result.js';
import type { Check, CheckContext } from '../check/contract.js';
import { judgeOutages, measureExcerpt, UNPROMISED_MS } from '../outage/excerpt-lab.js';
import { disturbedEvidence, isLate, lateEvidence, longestWords, outageObservations } from '../outage/findings.js';
import { interrupt } from '../outage/interruption.js';
import { chooseCut, type Cut } from '../outage/links.js';
import { acrossHosts, betweenHosts, intoHost } from '../outage/streams.js';
import { skipped } from '../check/outcome.js';
import type { StormCut } from '../probes/storm.js';
import { plannedSwitches } from '../probes/switch-ports.js';
import { endName } from '../probes/redundant-cables.js';
import { counted, enumerate } from '../check/words.js';

/** A promise without timers: what comes back by itself does so at once. */
const AT_ONCE_MS = 1_000;
const QUIET_MS = 150;
const size = { hosts: { least: 2, most: 6 }, containers: 1 } as const;

/** Flows find another way when a link is lost, where there is one. */
export const survivesLinkLoss: Check = {
  promise: 'survives-link-loss',
  title: 'a link between hosts is cut, one that has another beside it where there is any: flows are back in time',
  sharing: 'beside',
  views: 'whole',
  async measure(context) {
    const least = plannedSwitches(context.lab).length > 0 ? 3 : size.hosts.least;
    return await measureExcerpt(context, { ...size, hosts: { ...size.hosts, least } }, measureHere);
  },
};

async function measureHere(context: CheckContext, cuts: readonly StormCut[]): Promise<CheckOutcome> {
  const { plan, lab, signal } = context;
  const cut = await chooseCut(context);
  if (cut === undefined) return skipped('no host has a cable to another one', 'Give the scenario hosts on one LAN.');
  const isPromised = plan.promises['survives-link-loss'].declared === 'promised';
  const { limitMs = isPromised ? AT_ONCE_MS : UNPROMISED_MS, why = '' } = (isPromised && plan.recovery?.link) || {};
  const crossing = [...acrossHosts(plan), ...betweenHosts(plan)];
  const inside = plan.cluster.hosts.flatMap(({ name }) => intoHost(plan, name));
  const streams = [...crossing, ...inside];
  const fault = faultOf(cut.fault);
  const cause = async (): Promise<void> => void (await fault.apply(cut.fault, { plan, lab, signal }));
  const { outages, lagMs } = await interrupt(context, { streams, cause, quietMs: QUIET_MS, limitMs });
  const across = outages.filter(({ from, to }) => crossing.some((one) => one.from === from && one.to === to));
  if (across.length === 0)
    return skipped('no flow from host to host worked before', 'See what container-to-container says.');
  const others = outages.filter((outage) => !across.includes(outage));
  const late = across.filter(isLate(limitMs));
  const measured = {
    summary: `${cut.words} cut: ${late.length === 0 ? longestWords(across) : `${late.length} of ${counted(across.length, 'flow')} not back within ${limitMs} ms`}`,
    coverage: `one link, ${counted(outages.length, 'flow')} probed every 10 ms`,
    observations: outageObservations(outages, limitMs),
  };
  const blame = { where: cut.where, after: `after ${cut.words} was cut`, limitMs, why, ...hintOf(cut, cuts) };
  const evidence = [...lateEvidence(late, blame), ...disturbedEvidence(others, blame)];
  return judgeOutages(measured, evidence, { late, limitMs, others, lagMs, isCertain: false });
}

function hintOf({ isOnlyOne }: Cut, cuts: readonly StormCut[]): { readonly hint?: string } {
  if (cuts.length > 0)
    return {
      hint: `a broadcast storm ran before: ${enumerate(cuts.map(({ end }) => endName(end)))} had to be taken down, as no spanning tree had blocked it`,
    };
  return isOnlyOne ? { hint: 'there is no other way' } : {};
}
