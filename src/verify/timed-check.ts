import { setTimeout as delay } from 'node:timers/promises';
import { HeldTooLong } from '#lab/errors.js';
import { Work, wordsOf } from '#lab/stray-errors.js';
import type { Check, CheckContext } from '../check/contract.js';
import { failed, skipped } from '../check/outcome.js';
import type { CheckOutcome } from '../result/result.js';
import { limitOwnTime } from './waiting.js';

/** Long enough for a thousand containers; a check that takes longer, other labs' turns not counted, has lost its way. */
const CHECK_TIMEOUT_MS = 600_000;
/** Checks heed their signal at once; one that does not must not keep a run from ending. */
const GRACE_MS = 5_000;

export interface TimeLimits {
  readonly checkMs: number;
  readonly graceMs: number;
}

/**
 * What a check found, in bounded time. One that is stopped is waited for, so that its packets and sockets are no part of
 * what comes next.
 * @param work what answers for the check's callbacks
 * @returns an `error` when the check, or a callback of it, threw, or when it took too long; a `skip` when the run was stopped
 */
export async function outcomeOf(
  check: Check,
  context: CheckContext,
  work = new Work(),
  limits: TimeLimits = { checkMs: CHECK_TIMEOUT_MS, graceMs: GRACE_MS },
): Promise<CheckOutcome> {
  if (context.signal.aborted) return cutShort();
  // It has failed with another group's view already: nothing that it finds now could be relied on.
  if (work.failed.aborted) return notMeasured(wordsOf(work.failed.reason));
  const time = limitOwnTime(context.lab, limits.checkMs);
  const signal = AbortSignal.any([context.signal, time.signal, work.failed]);
  // An error that a check throws before its first wait is one of that check, too.
  const measuring = work.run(async () => await check.measure({ ...context, signal }));
  try {
    return await Promise.race([measuring, aborted(signal)]);
  } catch (error) {
    if (signal.aborted) await endOf(measuring, limits.graceMs);
    if (context.signal.aborted) return cutShort();
    if (error instanceof HeldTooLong) return skipped(error.message, error.remedy ?? '');
    if (time.signal.aborted) return notMeasured(`it did not end within ${limits.checkMs / 1000} s`);
    return withoutLinks(check, context, await missingLinks(context)) ?? notMeasured(wordsOf(error));
  } finally {
    time.stop();
  }
}

/** `h1c1:eth0`: interfaces of the plan that somebody has removed. */
async function missingLinks({ plan, lab }: CheckContext): Promise<readonly string[]> {
  const own = plan.nodes.filter(({ sharesNetworkOf }) => sharesNetworkOf === undefined);
  const missing = own.map(async ({ name, links }) => {
    const there = new Set((await lab.nodes.get(name)?.observe())?.links.map((link) => link.name));
    return links.filter((link) => !there.has(link.name)).map((link) => `${name}:${link.name}`);
  });
  return (await Promise.all(missing)).flat();
}

/** A check needs the plan's interfaces. Where one is missing, that is what broke a promise, and nobody can measure an absence. */
function withoutLinks(
  { promise }: Check,
  { plan }: CheckContext,
  missing: readonly string[],
): CheckOutcome | undefined {
  const [first, ...others] = missing;
  if (first === undefined) return undefined;
  const verb = others.length === 0 ? 'is' : 'are';
  const gone = `${[first, ...others].join(', ')} ${verb} not there`;
  if (plan.promises[promise].declared !== 'promised') return skipped(gone, 'Build the lab afresh.');
  const evidence = { message: gone, where: first, expected: 'every interface of the plan', seen: 'none of this name' };
  return failed({ summary: `not measured to the end: ${gone}` }, [evidence]);
}

/** Waits for a check that has been told to stop, whatever it says then, but not for ever. */
async function endOf(measuring: Promise<CheckOutcome>, graceMs: number): Promise<void> {
  const patience = new AbortController();
  const ended = measuring.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, delay(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(signal.reason as Error);
    // An event that has been is told to nobody.
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
}

/** No finding about the network. */
export function notMeasured(reason: string): CheckOutcome {
  return { verdict: 'error', summary: 'netlab could not measure this', observations: [], evidence: [], reason };
}

function cutShort(): CheckOutcome {
  return {
    verdict: 'skip',
    summary: 'not measured',
    observations: [],
    evidence: [],
    reason: 'the run was stopped before this was measured',
    remedy: 'Run it again and let it end.',
  };
}
