/**
 * # survives-host-loss
 *
 * When a host is lost, flows between the others go on.
 *
 * ## What it asks
 *
 * Does no host depend on another one that forwards, introduces or leases for it?
 *
 * ## How it is measured
 *
 * A small copy of the design is built beside the lab. The first host crashes: its carriers go at once and its processes
 * are killed. Flows between the others are probed every 10 ms, and routes to the lost host must be withdrawn where a
 * routing protocol promises that.
 *
 * ## Its limit
 *
 * Three to six hosts, one container each.
 *
 * ## What breaks it
 *
 * A hub in the middle of a star, a DHCP or key-value server on a cluster host, an introducer that others need.
 *
 * ## What to do
 *
 * Give the role that the evidence names a machine of its own, or a second one.
 */
import type { Lab, ObservedRoute } from '#lab/lab.js';
import { faultOf } from '../faults/index.js';
import type { Plan } from '../plan/plan.js';
import type { CheckOutcome, Evidence, Observation } from '../result/result.js';
import type { HostCrash } from '../scenario/fault.js';
import type { Outage } from '../outage/outage.js';
import type { Check, CheckContext } from '../check/contract.js';
import { judgeOutages, measureExcerpt, UNPROMISED_MS } from '../outage/excerpt-lab.js';
import { isLate, lateEvidence, longestWords, outageObservations, TOLERANCE_MS } from '../outage/findings.js';
import { interrupt } from '../outage/interruption.js';
import { acrossHosts, betweenHosts, intoHost } from '../outage/streams.js';
import { skipped } from '../check/outcome.js';
import { observeAll } from '../probes/observed-link.js';
import { counted } from '../check/words.js';

const QUIET_MS = 150;
/** Protocols that have noticed nothing yet may still do so. */
const QUIET_WITH_PROTOCOLS_MS = 1_000;
const size = { hosts: { least: 3, most: 6 }, containers: 1 } as const;

/** The first host is the one in the middle, where there is a middle. */
export const survivesHostLoss: Check = {
  promise: 'survives-host-loss',
  title: 'the first host crashes: flows of the others go on, and routes to it are withdrawn',
  sharing: 'beside',
  views: 'whole',
  async measure(context) {
    return await measureExcerpt(context, size, measureHere);
  },
};

async function measureHere(context: CheckContext): Promise<CheckOutcome> {
  const { plan, lab, signal } = context;
  const host = plan.cluster.hosts[0]?.name ?? '';
  const isOther = (name: string): boolean => name !== host;
  const inside = plan.cluster.hosts.flatMap(({ name }) => (isOther(name) ? intoHost(plan, name) : []));
  const streams = [...acrossHosts(plan, isOther), ...betweenHosts(plan, isOther), ...inside];
  const isPromised = plan.promises['survives-host-loss'].declared === 'promised';
  const recovery = isPromised ? plan.recovery?.host : undefined;
  const limitMs = recovery?.limitMs ?? (isPromised ? TOLERANCE_MS : UNPROMISED_MS);
  const prefixes = announcedBy(plan, host);
  let crashedMs = 0;
  let withdrawnMs: number | undefined;
  const cause = async (): Promise<void> => {
    crashedMs = performance.now();
    const spec: HostCrash = { fault: 'host-crash', host };
    await faultOf(spec).apply(spec, { plan, lab, signal });
  };
  const until = async (): Promise<boolean> => {
    if (withdrawnMs === undefined && (await routesTo(lab, prefixes)).length === 0)
      withdrawnMs = performance.now() - crashedMs;
    return withdrawnMs !== undefined;
  };
  const quietMs = plan.convergence === undefined ? QUIET_MS : QUIET_WITH_PROTOCOLS_MS;
  const { outages, lagMs } = await interrupt(context, { streams, cause, quietMs, limitMs, until });
  if (outages.length === 0)
    return skipped('no flow between the other hosts worked before', 'See what container-to-container says.');
  return await judge(context, { host, outages, lagMs, limitMs, why: recovery?.why ?? '', prefixes, withdrawnMs });
}

interface Found {
  readonly host: string;
  readonly outages: readonly Outage[];
  readonly lagMs: number;
  readonly limitMs: number;
  readonly why: string;
  readonly prefixes: readonly string[];
  readonly withdrawnMs: number | undefined;
}

async function judge({ plan, lab }: CheckContext, found: Found): Promise<CheckOutcome> {
  const { host, outages, lagMs, limitMs, why, prefixes, withdrawnMs } = found;
  const late = outages.filter(isLate(limitMs));
  const kept = await routesTo(lab, prefixes);
  const measured = {
    summary: `${host} crashed: ${late.length === 0 ? longestWords(outages) : `${late.length} of ${counted(outages.length, 'flow')} of the others not back within ${limitMs} ms`}${withdrawalWords(prefixes, kept, withdrawnMs)}`,
    coverage: `one host of ${plan.cluster.hosts.length}, ${counted(outages.length, 'flow')} of the others probed every 10 ms`,
    observations: [...outageObservations(outages, limitMs), ...withdrawalObservations(prefixes, withdrawnMs)],
  };
  const blame = { where: host, after: `after ${host} had crashed`, limitMs, why };
  const evidence = [...lateEvidence(late, blame), ...kept.map((route) => routeEvidence(route, host, limitMs, why))];
  return judgeOutages(measured, evidence, { late, limitMs, lagMs, isCertain: kept.length > 0 });
}

/** Prefixes that the host's routing daemon tells its neighbours of. */
function announcedBy({ nodes }: Plan, host: string): readonly string[] {
  const services = nodes.find(({ name }) => name === host)?.services ?? [];
  return [...new Set(services.flatMap(({ routing }) => routing?.sessions.flatMap(({ announces }) => announces) ?? []))];
}

interface KeptRoute {
  readonly node: string;
  readonly route: ObservedRoute;
}

/** Routes to them on nodes that route by a daemon. */
async function routesTo(lab: Lab, prefixes: readonly string[]): Promise<readonly KeptRoute[]> {
  if (prefixes.length === 0) return [];
  const speakers = [...lab.nodes.values()].filter(({ state }) =>
    state.services.some(({ routing }) => routing !== undefined),
  );
  const nodes = await observeAll(speakers);
  return nodes.flatMap(({ name: node, routes }) =>
    routes.flatMap((route) => (prefixes.includes(route.destination) ? [{ node, route }] : [])),
  );
}

function routeEvidence({ node, route }: KeptRoute, host: string, limitMs: number, why: string): Evidence {
  return {
    message: `${node} still has a route to ${route.destination}, which was behind ${host}`,
    where: node,
    expected: `withdrawn within ${limitMs} ms${why === '' ? '' : ` (${why})`}`,
    seen: `${route.destination} via ${route.via ?? route.nextHops?.map(({ via }) => via).join(' and ') ?? route.link ?? 'nothing'}, made by ${route.protocol}`,
  };
}

function withdrawalWords(prefixes: readonly string[], kept: readonly KeptRoute[], afterMs: number | undefined): string {
  if (prefixes.length === 0) return '';
  if (kept.length > 0 || afterMs === undefined) return `; ${counted(kept.length, 'route')} to it not withdrawn`;
  return `; routes to it withdrawn after ${Math.round(afterMs)} ms`;
}

function withdrawalObservations(prefixes: readonly string[], afterMs: number | undefined): readonly Observation[] {
  return prefixes.length === 0
    ? []
    : [{ name: 'withdrawnAfterMs', value: afterMs === undefined ? null : Math.round(afterMs) }];
}
