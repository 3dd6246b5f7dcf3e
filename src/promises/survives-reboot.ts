/**
 * # survives-reboot
 *
 * A host that lost its power comes back from its own configuration.
 *
 * ## What it asks
 *
 * Is anything missing after a reboot that somebody typed once and nobody wrote down?
 *
 * ## How it is measured
 *
 * A small copy of the design is built beside the lab. A host crashes and is made again from its state, keeping only
 * what services keep on disk. Its containers must be reached again within the time that the design allows, and flows of
 * the others must not have noticed.
 *
 * ## Its limit
 *
 * Two hosts. The boot itself takes no time here; what is measured is what the design adds to it.
 *
 * ## What breaks it
 *
 * State that only lives in memory: a tunnel peer set by hand, a route that a script added, a lease that the server
 * forgot.
 *
 * ## What to do
 *
 * Write it into the configuration that is applied at boot.
 */
import { LabError } from '#lab/errors.js';
import { faultOf } from '../faults/index.js';
import type { CheckOutcome, Evidence } from '../result/result.js';
import type { HostCrash } from '../scenario/fault.js';
import type { Check, CheckContext } from '../check/contract.js';
import { judgeOutages, measureExcerpt } from '../outage/excerpt-lab.js';
import { disturbedEvidence, isLate, lateEvidence, longestWords, outageObservations } from '../outage/findings.js';
import { interrupt } from '../outage/interruption.js';
import { acrossHosts, betweenHosts, intoHost } from '../outage/streams.js';
import { skipped } from '../check/outcome.js';
import { counted } from '../check/words.js';

/** Interfaces and addresses are there as soon as they are made; on a busy machine that takes its time. */
const BOOT_MS = 5_000;
const QUIET_MS = 100;
/** A neighbour may notice only now that a host was away, and then take its routes back for a while. */
const QUIET_WITH_PROTOCOLS_MS = 3_000;
const size = { hosts: { least: 2, most: 2 }, containers: 1 } as const;

/** What a host needs is in its configuration: nothing that somebody did once is missing after a reboot. */
export const survivesReboot: Check = {
  promise: 'survives-reboot',
  title:
    'a host loses its power and comes back from its state: its containers are reached again, others were all the time',
  sharing: 'beside',
  views: 'whole',
  async measure(context) {
    return await measureExcerpt(context, size, measureHere);
  },
};

async function measureHere(context: CheckContext): Promise<CheckOutcome> {
  const { plan } = context;
  const host = plan.cluster.hosts[0]?.name ?? '';
  const { limitMs = BOOT_MS, why = '' } = plan.recovery?.reboot ?? {};
  const elsewhere = plan.cluster.hosts.flatMap(({ name }) => (name === host ? [] : intoHost(plan, name)));
  const streams = [...acrossHosts(plan), ...betweenHosts(plan), ...intoHost(plan, host), ...elsewhere];
  const quietMs = plan.convergence === undefined ? QUIET_MS : QUIET_WITH_PROTOCOLS_MS;
  const { cause, refusal } = rebootOf(context, host);
  const { outages, lagMs } = await interrupt(context, { streams, cause, quietMs, limitMs });
  const own = outages.filter(({ from, to }) => !elsewhere.some((one) => one.from === from && one.to === to));
  if (own.length === 0)
    return skipped(`no flow to or from ${host} worked before`, 'See what container-to-container says.');
  const late = own.filter(isLate(limitMs));
  const measured = {
    summary: `${host} rebooted: ${late.length === 0 ? longestWords(own) : `${late.length} of ${counted(own.length, 'flow')} not back within ${limitMs} ms`}`,
    coverage: `one host, ${counted(outages.length, 'flow')} probed every 10 ms`,
    observations: outageObservations(outages, limitMs),
  };
  const refused = refusal();
  const blame = { where: host, after: `after ${host} had rebooted`, limitMs, why };
  const others = outages.filter((outage) => !own.includes(outage));
  const evidence = [
    ...refusalEvidence(host, refused),
    ...lateEvidence(late, blame),
    ...disturbedEvidence(others, blame),
  ];
  return judgeOutages(measured, evidence, { late, limitMs, others, lagMs, isCertain: refused !== undefined });
}

function refusalEvidence(host: string, refused: LabError | undefined): readonly Evidence[] {
  if (refused === undefined) return [];
  const message = `${host} does not start again as it did at first`;
  return [{ message, where: host, expected: 'everything that its state says, made and ready', seen: refused.message }];
}

interface Reboot {
  readonly cause: (probed: () => Promise<void>) => Promise<void>;
  /** Why it does not come back; undefined when it did. */
  readonly refusal: () => LabError | undefined;
}

function rebootOf({ planned: plan, lab, signal }: CheckContext, host: string): Reboot {
  let refusal: LabError | undefined;
  // It boots from what it was built from: nobody has an address that was leased before he asks for it again.
  const cause = async (probed: () => Promise<void>): Promise<void> => {
    const spec: HostCrash = { fault: 'host-crash', host };
    const crash = await faultOf(spec).apply(spec, { plan, lab, signal });
    await probed();
    try {
      await crash.mend();
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      refusal = error;
    }
  };
  return { cause, refusal: () => refusal };
}
